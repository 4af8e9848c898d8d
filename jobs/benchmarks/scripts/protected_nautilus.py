"""Workload `protected` on nautilus_trader: protected_nautilus.py DIR (needs the peers' walk.py on PYTHONPATH)

Volume, prices and the moment of fills as in the peers' single_nautilus.py. The stop is one order that is modified at each
new high, the target another one; whichever fills first, the other is cancelled.
"""
import sys
from decimal import Decimal
import nautilus_trader, pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy
from walk import candles, measure, report

c = candles(sys.argv[1])
pair = CurrencyPair(
    InstrumentId.from_str("BTCUSDT.SIM"), Symbol("BTCUSDT"), BTC, USDT, price_precision=8, size_precision=0,
    price_increment=Price.from_str("0.00000001"), size_increment=Quantity.from_str("1"),
    ts_event=0, ts_init=0, maker_fee=Decimal("0.001"), taker_fee=Decimal("0.001"))
minutes = BarType.from_str(f"{pair.id}-1-MINUTE-LAST-EXTERNAL")
df = pd.DataFrame({k: c[k] for k in ("open", "high", "low", "close")} | {"volume": c["volume"] * 1000},
                  pd.to_datetime(c["time"].astype("int64") + 60_000, unit="ms", utc=True))  # stamped at their close
bars = BarDataWrangler(minutes, pair).process(df)
coin = Quantity.from_str("1")


class Protected(Strategy):
    def __init__(self):
        super().__init__(StrategyConfig())
        self.fast, self.slow = SimpleMovingAverage(10), SimpleMovingAverage(50)
        self.long, self.holding, self.entry, self.stop_order, self.target, self.closed = None, False, None, None, None, 0

    def on_start(self):
        self.register_indicator_for_bars(minutes, self.fast)
        self.register_indicator_for_bars(minutes, self.slow)
        self.subscribe_bars(minutes)

    def on_bar(self, bar):
        if not self.slow.initialized: return
        if self.holding and self.stop_order is not None:
            price = float(bar.high) * 0.99
            if price > float(self.stop_order.trigger_price):
                self.modify_order(self.stop_order, trigger_price=Price(price, 8))
        long = self.fast.value > self.slow.value
        if long != self.long:
            if long and self.long is not None and not self.holding:
                self.entry = self.order_factory.market(pair.id, OrderSide.BUY, coin)
                self.submit_order(self.entry)
            elif not long and self.holding:
                self.cancel_all_orders(pair.id)
                self.stop_order = self.target = None
                self.submit_order(self.order_factory.market(pair.id, OrderSide.SELL, coin))
            self.long = long

    def on_order_filled(self, event):
        if self.entry is not None and event.client_order_id == self.entry.client_order_id:
            paid = float(event.last_px)
            self.holding, self.entry = True, None
            self.stop_order = self.order_factory.stop_market(pair.id, OrderSide.SELL, coin, Price(paid * 0.99, 8))
            self.target = self.order_factory.limit(pair.id, OrderSide.SELL, coin, Price(paid * 1.02, 8))
            self.submit_order(self.stop_order)
            self.submit_order(self.target)
            return
        self.holding, self.stop_order, self.target = False, None, None
        self.closed += 1
        self.cancel_all_orders(pair.id)


def engine():
    e = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    e.add_venue(Venue("SIM"), OmsType.NETTING, AccountType.CASH, starting_balances=[Money(10_000_000, USDT)])
    e.add_instrument(pair)
    e.add_data(bars)
    e.add_strategy(Protected())
    return e


e = engine()
seconds, _ = measure(e.run, runs=1, warm=0)
account, strategy = e.cache.account_for_venue(Venue("SIM")), e.trader.strategies()[0]
usdt, coins = (account.balance_total(k).as_double() for k in (USDT, BTC))
figures = dict(final_equity=usdt + coins * float(c["close"][-1]), closed_trades=strategy.closed,
               fees=account.commissions()[USDT].as_double())
report("protected", "nautilus_trader", nautilus_trader.__version__, seconds,
       bars_per_second=len(bars) / min(seconds), **figures)
