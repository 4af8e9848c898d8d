/** Groups in which reports list figures, with their titles, in this order. */
export const METRIC_GROUPS = {
  return: "Return",
  risk: "Risk",
  ratio: "Risk-adjusted return",
  drawdown: "Drawdown",
  distribution: "Distribution of returns",
  period: "Winning and losing periods",
  trade: "Trades",
  exposure: "Exposure and cost",
  benchmark: "Against the benchmark",
} as const;

/** A group of figures. */
export type MetricGroup = keyof typeof METRIC_GROUPS;

/**
 * What a value counts: a `fraction` is shown as a percentage, a `ratio` is a bare number, `quote` is money in the quote
 * asset, `periods` are returns of the series (days in a run).
 */
export type MetricUnit = "fraction" | "ratio" | "count" | "quote" | "periods" | "days" | "candles";

/** What a reader has to know of a figure. */
export interface MetricText {
  readonly label: string;
  readonly unit: MetricUnit;
  readonly group: MetricGroup;
  /** Formula and convention: days a year, degrees of freedom, risk-free rate, method. */
  readonly convention: string;
}

const text = (group: MetricGroup, unit: MetricUnit, label: string, convention: string): MetricText =>
  Object.freeze({ label, unit, group, convention });

/**
 * Figures of a series of simple returns r₁ … rₙ. A year has `periodsPerYear` of them, 365 unless stated; the risk-free
 * rate is 0 unless stated and comes off each return as (1 + rate)^(1 ÷ periods a year) − 1.
 */
export const RETURN_METRICS = Object.freeze({
  totalReturnFraction: text("return", "fraction", "Total return", "Π(1 + r) − 1"),
  cagrFraction: text(
    "return",
    "fraction",
    "Annual return (CAGR)",
    "(1 + total return)^(periods a year ÷ n) − 1, 365 periods a year unless stated",
  ),
  cagrCalendarFraction: text(
    "return",
    "fraction",
    "Annual return by calendar",
    "(1 + total return)^(365.25 ÷ calendar days covered) − 1",
  ),
  arithmeticAnnualReturnFraction: text(
    "return",
    "fraction",
    "Arithmetic annual return",
    "mean(r) × periods a year, 365 unless stated; not compounded",
  ),
  geometricMeanFraction: text(
    "return",
    "fraction",
    "Geometric mean a period",
    "(1 + total return)^(1 ÷ n) − 1",
  ),
  returnCount: text("return", "count", "Returns", "number of returns n; in a run, days at 00:00 UTC"),

  volatilityFraction: text(
    "risk",
    "fraction",
    "Volatility",
    "standard deviation of r (ddof 1) × √periods a year, 365 unless stated",
  ),
  volatilityDdof0Fraction: text(
    "risk",
    "fraction",
    "Volatility (population)",
    "standard deviation of r (ddof 0) × √periods a year",
  ),
  downsideDeviationFraction: text(
    "risk",
    "fraction",
    "Downside deviation",
    "√mean(min(r, 0)²) × √periods a year; the mean is over all n returns",
  ),
  valueAtRisk95Fraction: text(
    "risk",
    "fraction",
    "Value at risk 95 %",
    "5 % quantile of r, linear between ranks; a loss is negative, one period",
  ),
  valueAtRisk99Fraction: text(
    "risk",
    "fraction",
    "Value at risk 99 %",
    "1 % quantile of r, linear between ranks; a loss is negative, one period",
  ),
  conditionalValueAtRisk95Fraction: text(
    "risk",
    "fraction",
    "Conditional value at risk 95 %",
    "mean of the returns at or below the 5 % quantile (expected shortfall)",
  ),
  conditionalValueAtRisk99Fraction: text(
    "risk",
    "fraction",
    "Conditional value at risk 99 %",
    "mean of the returns at or below the 1 % quantile (expected shortfall)",
  ),
  normalValueAtRisk95Fraction: text(
    "risk",
    "fraction",
    "Value at risk 95 % (normal)",
    "mean + standard deviation (ddof 1) × 5 % quantile of the normal distribution",
  ),
  normalConditionalValueAtRisk95Fraction: text(
    "risk",
    "fraction",
    "Conditional value at risk 95 % (normal)",
    "mean − standard deviation (ddof 1) × φ(z) ÷ 0.05, z the 5 % quantile of the normal distribution",
  ),
  normalValueAtRisk99Fraction: text(
    "risk",
    "fraction",
    "Value at risk 99 % (normal)",
    "mean + standard deviation (ddof 1) × 1 % quantile of the normal distribution",
  ),
  normalConditionalValueAtRisk99Fraction: text(
    "risk",
    "fraction",
    "Conditional value at risk 99 % (normal)",
    "mean − standard deviation (ddof 1) × φ(z) ÷ 0.01, z the 1 % quantile of the normal distribution",
  ),
  cornishFisherValueAtRisk95Fraction: text(
    "risk",
    "fraction",
    "Value at risk 95 % (Cornish–Fisher)",
    "the normal one with z + (z² − 1) S ÷ 6 + (z³ − 3z) K ÷ 24 − (2z³ − 5z) S² ÷ 36 for z; S skewness and K excess kurtosis of the population; not defined where that does not ascend",
  ),
  cornishFisherConditionalValueAtRisk95Fraction: text(
    "risk",
    "fraction",
    "Conditional value at risk 95 % (Cornish–Fisher)",
    "mean of those quantiles below 5 %: mean − standard deviation × φ(z) ÷ 0.05 × (1 + z S ÷ 6 + (z² − 1) K ÷ 24 − (2z² − 1) S² ÷ 36)",
  ),

  sharpe: text(
    "ratio",
    "ratio",
    "Sharpe ratio",
    "mean(r − risk-free) ÷ standard deviation (ddof 1) × √periods a year; risk-free 0 and 365 unless stated",
  ),
  sharpeDdof0: text("ratio", "ratio", "Sharpe ratio (population)", "the Sharpe ratio with ddof 0"),
  probabilisticSharpeFraction: text(
    "ratio",
    "fraction",
    "Probability that Sharpe > 0",
    "Φ(s √(n − 1) ÷ √(1 − γ₃ s + (γ₄ − 1) ÷ 4 × s²)) with the Sharpe ratio s of one period (ddof 1), skew γ₃ and kurtosis γ₄ of the population",
  ),
  sortino: text(
    "ratio",
    "ratio",
    "Sortino ratio",
    "mean(e) ÷ √mean(min(e, 0)²) × √periods a year with e = r − risk-free; the mean below is over all n returns",
  ),
  sortinoAdjusted: text("ratio", "ratio", "Sortino ratio ÷ √2", "comparable in size with the Sharpe ratio"),
  calmar: text("ratio", "ratio", "Calmar ratio", "annual return (CAGR) ÷ |maximum drawdown|, over the whole period"),
  omega: text(
    "ratio",
    "ratio",
    "Omega ratio",
    "Σ max(r − t, 0) ÷ Σ max(t − r, 0); threshold t a period is 0 unless a required annual return is stated",
  ),
  gainToPain: text("ratio", "ratio", "Gain to pain", "Σ r ÷ |Σ of the negative r|"),
  recoveryFactor: text("ratio", "ratio", "Recovery factor", "Σ r ÷ |maximum drawdown|, without compounding"),
  ulcerPerformanceIndex: text(
    "ratio",
    "ratio",
    "Ulcer performance index",
    "total return ÷ ulcer index (n − 1)",
  ),
  tailRatio: text("ratio", "ratio", "Tail ratio", "|95 % quantile ÷ 5 % quantile| of r, linear between ranks"),
  commonSenseRatio: text("ratio", "ratio", "Common sense ratio", "profit factor of the periods × tail ratio"),
  stabilityRSquared: text(
    "ratio",
    "ratio",
    "Stability (R²)",
    "R² of a straight line through the cumulative log returns",
  ),

  maxDrawdownFraction: text(
    "drawdown",
    "fraction",
    "Maximum drawdown",
    "lowest equity ÷ highest before − 1 over every point given (each candle's close in a run); the start counts as a peak",
  ),
  averageDrawdownFraction: text(
    "drawdown",
    "fraction",
    "Average drawdown",
    "mean depth of all stretches below a peak, the last one too if it has not recovered",
  ),
  drawdownCount: text("drawdown", "count", "Drawdowns", "stretches below a peak"),
  longestUnderwaterPeriods: text(
    "drawdown",
    "periods",
    "Longest time under water",
    "returns from a peak to the first value at or above it, or to the end",
  ),
  ulcerIndexFraction: text(
    "drawdown",
    "fraction",
    "Ulcer index",
    "√(Σ drawdown² ÷ n) over the n points after the start",
  ),
  ulcerIndexNMinus1Fraction: text("drawdown", "fraction", "Ulcer index (n − 1)", "√(Σ drawdown² ÷ (n − 1))"),

  skewness: text("distribution", "ratio", "Skewness", "m₃ ÷ m₂^1.5 of the population"),
  skewnessAdjusted: text(
    "distribution",
    "ratio",
    "Skewness (adjusted)",
    "population skewness × √(n (n − 1)) ÷ (n − 2), as spreadsheets and pandas give it",
  ),
  excessKurtosis: text("distribution", "ratio", "Excess kurtosis", "m₄ ÷ m₂² − 3 of the population"),
  excessKurtosisAdjusted: text(
    "distribution",
    "ratio",
    "Excess kurtosis (adjusted)",
    "((n + 1) g₂ + 6) (n − 1) ÷ ((n − 2)(n − 3)), as spreadsheets and pandas give it",
  ),
  bestPeriodFraction: text("distribution", "fraction", "Best period", "largest r; a day in a run"),
  worstPeriodFraction: text("distribution", "fraction", "Worst period", "smallest r; a day in a run"),

  periodWinRateFraction: text(
    "period",
    "fraction",
    "Winning periods",
    "positive returns ÷ returns that are not zero; days in a run",
  ),
  periodProfitFactor: text("period", "ratio", "Profit factor of periods", "Σ positive r ÷ |Σ negative r|"),
  periodPayoffRatio: text("period", "ratio", "Payoff of periods", "mean positive r ÷ |mean negative r|"),
  periodExpectancyFraction: text("period", "fraction", "Expectancy a period", "mean(r)"),
  periodKellyFraction: text(
    "period",
    "fraction",
    "Kelly fraction of periods",
    "W − (1 − W) ÷ payoff with the share W of winning periods",
  ),
  periodSqn: text("period", "ratio", "SQN of periods", "√n × mean(r) ÷ standard deviation (ddof 1)"),
  averageWinningPeriodFraction: text("period", "fraction", "Average winning period", "mean of the positive r"),
  averageLosingPeriodFraction: text("period", "fraction", "Average losing period", "mean of the negative r"),
  longestWinningPeriods: text("period", "periods", "Longest winning streak of periods", "positive returns in a row"),
  longestLosingPeriods: text("period", "periods", "Longest losing streak of periods", "negative returns in a row"),
});

/** Figures that a run adds from its account and its trades. */
export const RUN_METRICS = Object.freeze({
  finalEquityQuote: text("return", "quote", "Final equity", "cash and positions at the last close, in quote units"),
  peakEquityQuote: text("return", "quote", "Highest equity", "highest equity at a close, the starting cash included"),
  dailyMaxDrawdownFraction: text(
    "drawdown",
    "fraction",
    "Maximum drawdown of daily equity",
    "the maximum drawdown seen at 00:00 UTC only; the Sharpe ratio and its kin see the same points",
  ),
  longestUnderwaterDays: text(
    "drawdown",
    "days",
    "Longest time under water",
    "days from a peak at a candle's close to the first close at or above it, or to the end",
  ),
  averageUnderwaterDays: text(
    "drawdown",
    "days",
    "Average time under water",
    "mean length of the stretches below a peak at candles' closes",
  ),

  exposureTimeFraction: text("exposure", "fraction", "Time in the market", "closes with a position ÷ all closes"),
  averageExposureFraction: text(
    "exposure",
    "fraction",
    "Average exposure",
    "gross: mean over all closes of Σ |position × close| ÷ equity",
  ),
  averageNetExposureFraction: text(
    "exposure",
    "fraction",
    "Average net exposure",
    "mean over all closes of Σ position × close ÷ equity: long less short",
  ),
  averageLongExposureFraction: text(
    "exposure",
    "fraction",
    "Average long exposure",
    "mean over all closes of the sum of positions above zero × close ÷ equity",
  ),
  averageShortExposureFraction: text(
    "exposure",
    "fraction",
    "Average short exposure",
    "mean over all closes of the sum of |positions below zero × close| ÷ equity; gross less long",
  ),
  maxExposureFraction: text("exposure", "fraction", "Highest exposure", "largest Σ |position × close| ÷ equity"),
  turnoverRatio: text(
    "exposure",
    "ratio",
    "Turnover",
    "Σ quantity × price of all entries and exits ÷ average equity, over the whole run",
  ),
  feesQuote: text(
    "exposure",
    "quote",
    "Fees",
    "paid over the whole run, entries of open positions included, in quote units",
  ),
  fundingQuote: text("exposure", "quote", "Funding", "paid by perpetual contracts, less what was received"),
  interestQuote: text("exposure", "quote", "Interest", "paid on what was borrowed to sell it short"),
  feesOfStartFraction: text("exposure", "fraction", "Fees of starting cash", "fees ÷ starting cash"),
});

/** Figures of a list of closed trades. A winner has pnl above 0 after fees; a trade with pnl 0 is neither winner nor loser. */
export const TRADE_METRICS = Object.freeze({
  tradeCount: text("trade", "count", "Trades", "FIFO pairs of an opening and a closing lot"),
  longTradeCount: text("trade", "count", "Long trades", "trades that were bought first"),
  shortTradeCount: text("trade", "count", "Short trades", "trades that were sold first"),
  winRateFraction: text("trade", "fraction", "Win rate", "trades with pnl > 0 after fees ÷ all trades"),
  longWinRateFraction: text("trade", "fraction", "Win rate of longs", "the win rate among long trades"),
  shortWinRateFraction: text("trade", "fraction", "Win rate of shorts", "the win rate among short trades"),
  profitFactor: text("trade", "ratio", "Profit factor", "Σ pnl of winners ÷ |Σ pnl of losers|, after fees"),
  returnProfitFactor: text(
    "trade",
    "ratio",
    "Profit factor of trade returns",
    "Σ positive returns ÷ |Σ negative returns|: each trade weighs the same whatever its size",
  ),
  payoffRatio: text("trade", "ratio", "Payoff ratio", "mean pnl of winners ÷ |mean pnl of losers|"),
  expectancyQuote: text("trade", "quote", "Expectancy a trade", "mean pnl, in quote units"),
  averageTradeFraction: text("trade", "fraction", "Average trade", "mean of pnl ÷ (quantity × entry price)"),
  medianTradeFraction: text("trade", "fraction", "Median trade", "median of pnl ÷ (quantity × entry price)"),
  geometricTradeFraction: text(
    "trade",
    "fraction",
    "Geometric mean trade",
    "Π(1 + return)^(1 ÷ trades) − 1: the mean of trades that stake everything in turn",
  ),
  bestTradeFraction: text("trade", "fraction", "Best trade", "largest pnl ÷ (quantity × entry price)"),
  worstTradeFraction: text("trade", "fraction", "Worst trade", "smallest pnl ÷ (quantity × entry price)"),
  sqn: text("trade", "ratio", "System quality number", "√trades × mean(pnl) ÷ standard deviation of pnl (ddof 1)"),
  kellyFraction: text(
    "trade",
    "fraction",
    "Kelly fraction",
    "W − (1 − W) ÷ payoff ratio with the win rate W; an upper bound, not advice",
  ),
  netProfitQuote: text("trade", "quote", "Profit of closed trades", "Σ pnl after fees, in quote units"),
  longNetProfitQuote: text("trade", "quote", "Profit of longs", "Σ pnl of long trades, in quote units"),
  shortNetProfitQuote: text("trade", "quote", "Profit of shorts", "Σ pnl of short trades, in quote units"),
  averageMaeFraction: text(
    "trade",
    "fraction",
    "Average adverse excursion",
    "mean of the worst unrealised return of each trade, from candles' extremes",
  ),
  worstMaeFraction: text("trade", "fraction", "Worst adverse excursion", "deepest unrealised return of any trade"),
  averageMfeFraction: text(
    "trade",
    "fraction",
    "Average favourable excursion",
    "mean of the best unrealised return of each trade, from candles' extremes",
  ),
  averageTradeDays: text("trade", "days", "Average duration", "mean of exit time − entry time"),
  maxTradeDays: text("trade", "days", "Longest duration", "largest exit time − entry time"),
  averageTradeCandles: text("trade", "candles", "Average duration in candles", "mean of candles from entry to exit"),
  longestWinningTrades: text("trade", "count", "Longest winning streak", "winners in a row, in order of exit"),
  longestLosingTrades: text("trade", "count", "Longest losing streak", "losers in a row, in order of exit"),
});

/** Figures that compare daily returns r with those of a benchmark b on the same days; risk-free 0, 365 days a year. */
export const BENCHMARK_METRICS = Object.freeze({
  beta: text("benchmark", "ratio", "Beta", "covariance(r, b) ÷ variance(b)"),
  alphaAnnualFraction: text("benchmark", "fraction", "Alpha a year", "(mean(r) − beta × mean(b)) × 365"),
  benchmarkCorrelation: text("benchmark", "ratio", "Correlation", "correlation of r and b"),
  trackingErrorFraction: text("benchmark", "fraction", "Tracking error", "standard deviation of r − b (ddof 1) × √365"),
  informationRatio: text("benchmark", "ratio", "Information ratio", "mean(r − b) × 365 ÷ tracking error"),
});

/** Name of a figure of a return series. */
export type ReturnMetricName = keyof typeof RETURN_METRICS;
/** Name of a figure of closed trades. */
export type TradeMetricName = keyof typeof TRADE_METRICS;
/** Name of a figure of a run. */
export type RunMetricName = ReturnMetricName | TradeMetricName | keyof typeof RUN_METRICS;

/** Name of a figure against a benchmark. */
export type BenchmarkMetricName = keyof typeof BENCHMARK_METRICS;

/** Every figure that reports show, by name. */
export const METRICS: Readonly<Record<RunMetricName | BenchmarkMetricName, MetricText>> = Object.freeze({
  ...RETURN_METRICS,
  ...RUN_METRICS,
  ...TRADE_METRICS,
  ...BENCHMARK_METRICS,
});
