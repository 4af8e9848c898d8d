"""Workload `protected` on freqtrade: protected_freqtrade.py DIR

Runs the peers' single_freqtrade.py, which must be on PYTHONPATH, with a trailing stop of 1 % and a return of 2 % in its
strategy, once. Freqtrade moves the stop inside the candle, so a few of its exits differ from ours.
"""
import importlib.util

CHANGES = {
    'timeframe, stoploss, minimal_roi, startup_candle_count = "1m", -0.99, {}, 0':
        'timeframe, stoploss, trailing_stop, minimal_roi, startup_candle_count = "1m", -0.01, True, {"0": 0.02}, 0',
    'measure(run, runs=3)': 'measure(run, runs=1, warm=0)',
    'report("single"': 'report("protected"',
}
with open(importlib.util.find_spec("single_freqtrade").origin) as file:
    source = file.read()
for old, new in CHANGES.items():
    if old not in source: raise SystemExit(f"single_freqtrade.py has no {old}: it has changed")
    source = source.replace(old, new)
exec(compile(source, "protected_freqtrade.py", "exec"))
