// Bugs that somebody might make one day, each with the words by which it is put into the code. The simulated world has to find
// every one of them: it is only worth as much as it bites (RELIABILITY G5).

/** A bug and where it goes. */
export interface PlantedBug {
  readonly name: string;
  /** What it breaks. */
  readonly breaks: string;
  readonly file: string;
  /** Stands there once. */
  readonly find: string;
  readonly replace: string;
}

/** All of them. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "resend-on-timeout",
    breaks: "an order without an answer is sent again",
    file: "engine/trader/reconcile.ts",
    find: '  moveTo(trader, record, "unknown");\n  ask(trader, record, commands);',
    replace:
      '  moveTo(trader, record, "unknown");\n  commands.push({ kind: "submit", order: record.intent as never });',
  },
  {
    name: "no-dedupe",
    breaks: "an execution that is told twice counts twice",
    file: "engine/trader/venue_news.ts",
    find: "  if (record.tradeIds.includes(fill.tradeId)) return;",
    replace: "",
  },
  {
    name: "absence-without-expiry",
    breaks: "absence counts as proven while the request may still arrive",
    file: "engine/trader/reconcile.ts",
    find: "timeMs < record.sentAtMs + lastArrivalMs(trader)",
    replace: "timeMs < 0",
  },
  {
    name: "absence-after-one-miss",
    breaks: "one look that finds nothing proves absence",
    file: "engine/trader/reconcile.ts",
    find: "  if (record.misses === 0) {",
    replace:
      '  if (record.filled === 0n) return end(trader, record, "absent", commands);\n  if (record.misses === 0) {',
  },
  {
    name: "no-lease-gate",
    breaks: "a process that may have lost its lease sends",
    file: "engine/live/session_gate.ts",
    find: 'if (!leads()) return "another process may lead by now";',
    replace: "",
  },
  {
    name: "no-kill-gate",
    breaks: "the kill switch is not looked at before the socket",
    file: "engine/live/session_gate.ts",
    find: "if (reason !== null && !reduceOnly) return",
    replace: "if (false) return",
  },
  {
    name: "stale-decision-sent",
    breaks: "what was decided long ago is sent",
    file: "engine/live/session_gate.ts",
    find: "nowMs() - decidedAtMs > decisionLastsMs",
    replace: "false",
  },
  {
    name: "leader-does-not-wait",
    breaks: "a new leader does not wait for what its predecessor sent",
    file: "engine/live/session_runner.ts",
    find: "if (!lease.isClean) await pause(real, this.#parts.requestsEndMs);",
    replace: "",
  },
  {
    name: "recovered-sending-is-refused",
    breaks: "a successor takes what was on its way for never sent",
    file: "engine/trader/reconcile.ts",
    find: 'else if (record.state === "sending") onUnknown(trader, record, commands);',
    replace: 'else if (record.state === "sending") end(trader, record, "refused", commands);',
  },
  {
    name: "recovered-approved-is-sent",
    breaks: "a successor sends what its predecessor may have sent",
    file: "engine/trader/reconcile.ts",
    find: 'if (isUnsent(record)) end(trader, record, "refused", commands);',
    replace:
      'if (isUnsent(record)) { if (record.state === "approved") moveTo(trader, record, "recorded"); moveTo(trader, record, "sending"); record.sentAtMs = state.nowMs; commands.push({ kind: "submit", order: record.intent as never }); }',
  },
  {
    name: "effects-before-commit",
    breaks: "orders leave before they are durable",
    file: "engine/live/trading_session.ts",
    find: "    if (!await this.#commit(batch)) return;",
    replace:
      "    for (const command of commands) this.#carryOut(command);\n    commands.length = 0;\n    if (!await this.#commit(batch)) return;",
  },
  {
    name: "cancelled-without-fills",
    breaks: "what was traded of an order that was found cancelled is left out",
    file: "engine/live/exchange_link.ts",
    find: 'const isWhole = status === "open" || sumOf(fills) >= filled;',
    replace: 'const isWhole = true;\n    if (status !== "open") fills.length = 0;',
  },
  {
    name: "found-is-always-whole",
    breaks: "an order that is found ends before all its fills are known",
    file: "engine/live/exchange_link.ts",
    find: 'const isWhole = status === "open" || sumOf(fills) >= filled;',
    replace: "const isWhole = sumOf(fills) >= 0n;",
  },
  {
    name: "unknown-is-refused",
    breaks: "an order without an answer counts as refused",
    file: "engine/live/exchange_link.ts",
    find:
      '      case "notSent":\n      case "unknown":\n        return hear({ kind: outcome.kind, clientOrderId, timeMs: this.#now() });',
    replace:
      '      case "notSent":\n      case "unknown":\n        return hear({ kind: "refused", code: "x", reason: "x", clientOrderId, timeMs: this.#now() });',
  },
  {
    name: "unknown-is-not-sent",
    breaks: "an order without an answer counts as not sent",
    file: "engine/live/exchange_link.ts",
    find: "return hear({ kind: outcome.kind, clientOrderId, timeMs: this.#now() });",
    replace: 'return hear({ kind: "notSent", clientOrderId, timeMs: this.#now() });',
  },
  {
    name: "late-fill-dropped",
    breaks: "a fill after the end is dropped",
    file: "engine/trader/venue_news.ts",
    find: "  const late = isTerminal(record.state);",
    replace: "  const late = isTerminal(record.state);\n  if (late) return;",
  },
  {
    name: "float-cash",
    breaks: "cash is a floating-point number",
    file: "engine/portfolio/account.ts",
    find: "  account.cash = (account.cash + amount) as Notional;",
    replace: "  account.cash = BigInt(Math.round(Number(account.cash + amount))) as Notional;",
  },
  {
    name: "limit-ignores-in-flight",
    breaks: "limits do not count what is on its way",
    file: "engine/trader/order_chain.ts",
    find:
      '  for (let i = 0; i < state.books.length; i++) {\n    if (i !== book && (state.books[i]!.position !== 0n || hasLiveOrder(state, i, "entry"))) count++;',
    replace:
      "  for (let i = 0; i < state.books.length; i++) {\n    if (i !== book && state.books[i]!.position !== 0n) count++;",
  },
  {
    name: "daily-count-forgotten",
    breaks: "entries of a day are not counted",
    file: "engine/trader/order_chain.ts",
    find: '  if (wish.slot === "entry" && !isCounted) state.history.entriesToday++;',
    replace: "",
  },
  {
    name: "unclosed-candle-used",
    breaks: "a candle that is still forming is decided on",
    file: "engine/live/candle_feed.ts",
    find: "    if (scheduler.now() < openTimeMs + lengthMs) return;",
    replace: "",
  },
  {
    name: "spike-used",
    breaks: "a price ten times as high is decided on",
    file: "engine/live/candle_feed.ts",
    find: "(from: number) => from > 0 && (high",
    replace: "(from: number) => false && from > 0 && (high",
  },
  {
    name: "late-candles-decided",
    breaks: "a candle that is long over is decided on",
    file: "engine/live/candle_feed.ts",
    find: "const isLate = heardAtMs - closeTimeMs > freshMs",
    replace: "const isLate = false",
  },
  {
    name: "no-new-stop-after-end",
    breaks: "a stop that has ended is not replaced",
    file: "engine/trader/order_end.ts",
    find: '    own.protectAgain = true;\n    commands.push({ kind: "alarm", code: "unprotected"',
    replace: '    commands.push({ kind: "alarm", code: "unprotected"',
  },
  {
    name: "stop-keeps-old-size",
    breaks: "a stop keeps the size of a position that was",
    file: "engine/trader/protect.ts",
    find: "    const fits = (order.quantity - order.filled) as Quantity === quantity;",
    replace: "    const fits = true;",
  },
  {
    name: "drift-believed-at-once",
    breaks: "one answer about the balances is believed",
    file: "engine/live/account_watch.ts",
    find: "    if (askedMs - this.#drift.sinceMs < PROOF_MS) return true;\n",
    replace: "",
  },
  {
    name: "bust-believed-at-once",
    breaks: "one answer without a trade undoes it",
    file: "engine/live/account_watch.ts",
    find: "      if (askedMs - sinceMs < PROOF_MS) continue;\n",
    replace: "",
  },
  {
    name: "bust-unseen",
    breaks: "a trade that was taken back goes on to count",
    file: "engine/live/account_watch.ts",
    find: '      this.#parts.offer({ kind: "busted", fill, timeMs: this.#parts.scheduler.now() });',
    replace: "",
  },
  {
    name: "adjusted-twice",
    breaks: "an adjustment of the cash counts twice",
    file: "engine/trader/adjust.ts",
    find: "  if (instruments.some(({ quote }) => quote === asset)) addCash(state.account, amount);\n",
    replace:
      "  if (instruments.some(({ quote }) => quote === asset)) {\n    addCash(state.account, amount);\n    addCash(state.account, amount);\n  }\n",
  },
  {
    name: "no-catch-up",
    breaks: "fills that nobody heard of are not read",
    file: "engine/live/account_watch.ts",
    find: "      if (!this.#parts.fills.has(tradeIdOf(own.id, market))) link.hearFill(market, own);\n",
    replace: "",
  },
  {
    name: "epoch-not-in-names",
    breaks: "names of orders do not say under which leader they were given",
    file: "engine/trader/order_chain.ts",
    find: "  return epoch === 0 ? session : `${session}${epoch.toString(36)}`;",
    replace: '  return epoch < 0 ? "" : session;',
  },
  {
    name: "halt-ignored",
    breaks: "a halted account opens positions",
    file: "engine/trader/order_chain.ts",
    find: "    halted: state.halted ?? state.books[intent.book]!.halted,",
    replace: "    halted: state.books[intent.book]!.halted,",
  },
  {
    name: "steps-not-journalled",
    breaks: "a step of an order is missing in the journal",
    file: "engine/live/trading_session.ts",
    find: "      steps: this.#steps.splice(0),",
    replace: "      steps: this.#steps.splice(0).slice(1),",
  },
  {
    name: "kill-leaves-entries",
    breaks: "orders that open positions are never taken back, by the kill switch neither",
    // Not in the trader: a session takes its entries back at a halt before the trader does.
    file: "engine/live/exchange_link.ts",
    find: "    if (record === undefined || this.#kept.has(clientOrderId)) return;",
    replace: '    if (record === undefined || this.#kept.has(clientOrderId) || record.intent.slot === "entry") return;',
  },
  {
    name: "snapshot-too-old",
    breaks: "a snapshot is not the state that it was taken of",
    file: "engine/live/trading_session.ts",
    find: "      snapshot: isDue ? saveTrader(this.trader) : null,",
    replace: '      snapshot: isDue ? saveTrader(this.trader).replace(/"version":\\d+/, \'"version":1\') : null,',
  },
  {
    name: "timer-forgets-unknown",
    breaks: "an order without an answer is not asked for again",
    file: "engine/trader/reconcile.ts",
    find: 'record.state === "unknown" || record.state === "quarantined" || record.cancelSent ||',
    replace: "record.cancelSent ||",
  },
  {
    name: "cancel-not-repeated",
    breaks: "a cancel that was lost is not repeated",
    file: "engine/trader/reconcile.ts",
    find: '  if (wanted === "open" && record.cancelSent) {',
    replace: "  if (false) {",
  },
  {
    name: "fee-ignored",
    breaks: "fees are not taken out of the cash",
    file: "engine/portfolio/account.ts",
    find: 'fill.feeFrom === "cash" ? -paid - fill.fee : -paid',
    replace: "-paid",
  },
  {
    name: "exits-do-not-make-room",
    breaks: "an exit does not wait for the stop that holds its balance",
    file: "engine/trader/protect.ts",
    find: '    if (isReducing(trader, book)) takeBack(trader, book, "stop", commands);\n    else ensure',
    replace: "    ensure",
  },
  {
    name: "gate-looked-at-once",
    breaks: "what has changed while an order waited for its turn is not looked at",
    file: "engine/live/exchange_link.ts",
    find: "await exchange.submit(request!, lastLook);",
    replace: "await exchange.submit(request!);",
  },
  {
    name: "balances-not-read",
    breaks: "nobody reads the balances",
    file: "engine/live/session_runner.ts",
    find: "isRead && this.#end === null && await watch.readBalances();",
    replace: "isRead && this.#end === null;",
  },
  {
    name: "unknown-counts-as-nothing",
    breaks: "limits do not count an order of which nobody knows what became of it",
    file: "engine/trader/order_chain.ts",
    find: '(state.books[i]!.position !== 0n || hasLiveOrder(state, i, "entry"))',
    replace:
      '(state.books[i]!.position !== 0n ||\n      state.orders.some((own) => own.intent.book === i && own.intent.slot === "entry" && own.state !== "unknown"))',
  },
  {
    name: "overfill-goes-on",
    breaks: "a book whose order was filled beyond its size opens positions",
    file: "engine/trader/venue_news.ts",
    find: '    own.halted = late ? "a fill came after its order had ended" : "an order was filled beyond its size";\n',
    replace: "",
  },
  {
    name: "foreign-untold",
    breaks: "nobody is told of orders of others",
    file: "engine/live/exchange_link.ts",
    find: '    this.#parts.hearForeign({ what, symbol, id: name ?? id ?? "unnamed" });\n',
    replace: "",
  },
  {
    name: "close-larger-than-held",
    breaks: "what closes a position is rounded up to the lot",
    file: "engine/trader/closable.ts",
    find: "  if (!isMissing) return floorToLot(size, lot);",
    replace: "  if (!isMissing) return floorToLot((size + lot - 1n) as Quantity, lot);",
  },
  {
    name: "late-listed-fills-missed",
    breaks: "executions are read without overlap",
    file: "engine/live/account_watch.ts",
    find: "return Math.max(nowMs - MEMORY_MS, times.at(-MOST_REMEMBERED) ?? -Infinity);",
    replace: "return Math.max(nowMs - MEMORY_MS / 30, times.at(-MOST_REMEMBERED) ?? -Infinity);",
  },
  {
    name: "end-tells-no-fills",
    breaks: "what an end says of the executions before it is not read",
    file: "engine/live/exchange_link.ts",
    find: "    const filled = filledOf(own), timeMs = this.#now();",
    replace: "    const filled = ZERO_QUANTITY, timeMs = this.#now();",
  },
  {
    name: "name-given-twice",
    breaks: "two orders have one name",
    file: "engine/trader/order_chain.ts",
    find: "state.books[wish.book]!.revision++",
    replace: "state.books[wish.book]!.revision",
  },
  {
    name: "protection-not-watched",
    breaks: "orders that rest are never asked for",
    file: "engine/trader/reconcile.ts",
    find: "(isUrgent ? timing.missGapMs : timing.watchMs)",
    replace: "(isUrgent ? timing.missGapMs : Infinity)",
  },
  {
    name: "third-fee-dropped",
    breaks: "a fee in a third asset is not counted",
    file: "engine/trader/adjust.ts",
    find: "  addExternal(state, feeAsset, -fee as bigint as Notional);\n",
    replace: "",
  },
  {
    name: "daily-count-lost-at-restart",
    breaks: "a successor begins the count of the day's entries anew",
    file: "engine/trader/step.ts",
    find: "      trader.state.epoch = event.epoch;\n",
    replace: "      trader.state.epoch = event.epoch;\n      trader.state.history.entriesToday = 0;\n",
  },
  {
    name: "mode-not-looked-at",
    breaks: "a mode that was lowered counts from the next start on",
    file: "engine/live/session_gate.ts",
    find: "      const allowed = mode();",
    replace: '      const allowed = "trade" as TradingMode;\n      mode();',
  },
  {
    name: "unfit-not-looked-at",
    breaks: "a machine whose clock is off opens positions",
    file: "engine/live/session_gate.ts",
    find: "const cause = reduceOnly ? null : unfit();",
    replace: "const cause = reduceOnly ? null : (unfit(), null as string | null);",
  },
  {
    name: "halt-not-written",
    breaks: "a kill switch halts a process, and not the session",
    file: "engine/live/session_runner.ts",
    find: '    session.offer({ kind: "halt", reason, flatten, timeMs });\n    this.#parts.reach?.("kill: halted");',
    replace: '    this.#parts.reach?.("kill: halted");',
  },
  {
    name: "lost-orders-not-looked-for",
    breaks: "a leader does not look for what the database has lost",
    file: "engine/live/session_runner.ts",
    find: "        const lost = found.filter((name) => !guarded.includes(name));",
    replace: "        const lost = found.filter((name) => name === guarded[0]);",
  },
  {
    name: "new-grid-unheard",
    breaks: "steps and least sizes that a venue changes are not heard of",
    file: "engine/live/grid_watch.ts",
    find: '      offer({ kind: "regridded", instrument, grid, timeMs: scheduler.now() });\n',
    replace: "      void offer;\n",
  },
  {
    name: "unknown-commit-believed",
    breaks: "a commit without an answer counts as done",
    file: "engine/live/trading_session.ts",
    find: '      if (outcome.kind === "done") {\n        this.#length',
    replace: '      if (outcome.kind === "done" || outcome.kind === "unknown") {\n        this.#length',
  },
  {
    name: "filled-is-last-fill",
    breaks: "an order counts its last execution only",
    file: "engine/trader/venue_news.ts",
    find: "  record.filled = addQuantity(record.filled, fill.quantity);",
    replace: "  record.filled = fill.quantity;",
  },
];
