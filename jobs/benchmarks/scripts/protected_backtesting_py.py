"""Workload `protected` on backtesting.py: protected_backtesting_py.py DIR (needs the peers' walk.py on PYTHONPATH)"""
import sys
import backtesting, pandas as pd
from backtesting import Backtest, Strategy
from walk import candles, measure, report

backtesting.backtesting._tqdm = lambda bars, **_: bars  # no progress bar
c = candles(sys.argv[1])
df = pd.DataFrame({k.title(): c[k] for k in ("open", "high", "low", "close", "volume")},
                  pd.to_datetime(c["time"], unit="ms"))


def sma(x, k):
    return pd.Series(x).rolling(k).mean()


class Protected(Strategy):
    def init(self):
        self.fast = self.I(sma, self.data.Close, 10)
        self.slow = self.I(sma, self.data.Close, 50)

    def next(self):
        for trade in self.trades:
            stop = self.data.High[-1] * 0.99
            if stop > trade.sl: trade.sl = stop
        if self.fast[-1] > self.slow[-1]:
            if self.fast[-2] <= self.slow[-2]:
                close = self.data.Close[-1]
                self.buy(size=1, sl=close * 0.99, tp=close * 1.02)
        elif self.fast[-2] > self.slow[-2]: self.position.close()


backtest = Backtest(df, Protected, cash=10_000_000, commission=0.001)
seconds, stats = measure(backtest.run, runs=3)
trades = stats["_trades"]
report("protected", "backtesting.py", backtesting.__version__, seconds, bars_per_second=len(df) / min(seconds),
       final_equity=float(stats["Equity Final [$]"]), closed_trades=len(trades), fees=float(stats["Commissions [$]"]))
