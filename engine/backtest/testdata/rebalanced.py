"""Makes rebalanced.json: real days of five markets, held by inverse volatility and brought back each month, in numpy.

pip install numpy==2.4.6 pyarrow; SHARED_DIR=... python rebalanced.py > rebalanced.json

Decided at the close with which a month begins, on the 60 returns before it; filled at the open that follows, without
costs; a tenth of the equity stays cash. Nothing here knows of orders, lots or books.
"""
import datetime
import json
import os

import numpy as np
import pyarrow.parquet as parquet

DAY = 86_400_000
SYMBOLS = ["BNB", "BTC", "ETH", "SOL", "XRP"]
ms = lambda *date: int(datetime.datetime(*date, tzinfo=datetime.timezone.utc).timestamp() * 1000)

tables = {}
for base in SYMBOLS:
    columns = parquet.read_table(f"{os.environ['SHARED_DIR']}/data/candles/binance/{base}USDT_1d.parquet").to_pydict()
    tables[base] = {int(t.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000): (o, c)
                    for t, o, c in zip(columns["time"], columns["open"], columns["close"])}

first, last, lookback = ms(2021, 1, 1), ms(2022, 12, 31), 60
days = range(first - lookback * DAY, last + DAY, DAY)
opens = np.array([[tables[base][day][0] for base in SYMBOLS] for day in days])
closes = np.array([[tables[base][day][1] for base in SYMBOLS] for day in days])

cash, units, rebalances = 10_000.0, np.zeros(5), []
equity = {}
wanted = None
for row in range(lookback, len(days)):
    if wanted is not None:
        cash -= (wanted - units) @ opens[row]
        units, wanted = wanted, None
    close_ms = days[row] + DAY
    equity[close_ms] = cash + units @ closes[row]
    date = datetime.datetime.fromtimestamp(close_ms / 1000, datetime.timezone.utc)
    if row == lookback or date.day == 1:
        window = closes[row - lookback:row + 1]
        weights = 1 / (window[1:] / window[:-1] - 1).std(axis=0)
        weights = 0.9 * weights / weights.sum()
        wanted = weights * equity[close_ms] / closes[row]
        rebalances.append({"closeTimeMs": close_ms, "weights": weights.tolist(), "equity": equity[close_ms]})
print(json.dumps({"rebalances": rebalances, "equity": equity[last + DAY]}))
