"""Workload `bracket`, as a hand-written numba loop on one thread: bracket_numba.py DIR (needs the peers' walk.py on PYTHONPATH)

The peers' sweep with crossings for entries and exits, a stop 1 % below the entry and a target 2 % above it. Both wait from
the open of the entry on. Where a candle reaches both, the stop; a target must be traded through; what the open lies beyond
trades at the open.
"""
import math, sys
import numba as nb, numpy as np
from walk import candles, measure, report

FAST, SLOW = np.arange(5, 51, 5), np.arange(60, 201, 10)


@nb.njit
def sma(x, k):
    out, total = np.full(x.size, np.nan), 0.0
    for i in range(x.size):
        total += x[i]
        if i >= k: total -= x[i - k]
        if i >= k - 1: out[i] = total / k
    return out


@nb.njit
def backtest(open_, high, low, close, fast, slow, fee):
    cash, coins, orders, enter, leave = 100_000.0, 0.0, 0, False, False
    stop, target = 0.0, 0.0
    peak, drawdown, last, total, squares = cash, 0.0, cash, 0.0, 0.0
    for i in range(close.size):
        entered = False
        if coins > 0.0 and leave:
            cash += coins * open_[i] * (1 - fee); coins = 0.0; orders += 1
        elif coins == 0.0 and enter:
            coins = cash / (open_[i] * (1 + fee)); cash = 0.0; orders += 1; entered = True
            stop, target = open_[i] * 0.99, open_[i] * 1.02
        if coins > 0.0:
            price = 0.0
            if not entered and open_[i] > target: price = open_[i]
            elif low[i] <= stop: price = min(open_[i], stop)
            elif high[i] > target: price = max(open_[i], target)
            if price > 0.0:
                cash += coins * price * (1 - fee); coins = 0.0; orders += 1
        enter = i > 0 and fast[i - 1] <= slow[i - 1] and fast[i] > slow[i]
        leave = i > 0 and fast[i - 1] >= slow[i - 1] and fast[i] < slow[i]
        equity = cash + coins * close[i]
        if equity > peak: peak = equity
        elif 1 - equity / peak > drawdown: drawdown = 1 - equity / peak
        r = equity / last - 1
        last = equity; total += r; squares += r * r
    mean = total / close.size
    variance = (squares - close.size * mean * mean) / (close.size - 1)
    return last / 100_000 - 1, drawdown, mean / math.sqrt(variance) * math.sqrt(365 * 24 * 60), orders


@nb.njit
def sweep(open_, high, low, close):
    out, row = np.empty((FAST.size * SLOW.size, 4)), 0
    slows = [sma(close, k) for k in SLOW]
    for k in FAST:
        fast = sma(close, k)
        for slow in slows:
            out[row, 0], out[row, 1], out[row, 2], out[row, 3] = backtest(open_, high, low, close, fast, slow, 0.001)
            row += 1
    return out


c = candles(sys.argv[1])
seconds, table = measure(lambda: sweep(c["open"], c["high"], c["low"], c["close"]), runs=10)
results = dict(zip(("total_return", "max_drawdown", "sharpe", "orders"), table.T.tolist()))
report("bracket", "numba", nb.__version__, seconds,
       ns_per_bar_and_pair=min(seconds) * 1e9 / len(table) / len(c["close"]),
       sums={k: math.fsum(v) for k, v in results.items()}, results=results)
