// A second process beside the one that trades: it sees to it that positions have their stops, and closes them where nobody
// who leads does. It decides nothing that opens.
import { isConnectionLost } from "../../database/mod.ts";
import { CodedError, counted } from "../../errors/mod.ts";
import type { Exchange, VenueOrder } from "../../exchanges/mod.ts";
import { type Quantity, quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, isGuardOrder } from "../../orders/mod.ts";
import { crashPoint, DAY_MS, pause, type Scheduler, type TimestampMs } from "../../time/mod.ts";
import type { TraderConfig } from "../../trader/mod.ts";
import type { KillOrder } from "../kill_switch.ts";
import {
  type CountedLease,
  countedLease,
  isHeld,
  isInForce,
  type LeaseClocks,
  type LeaseKeeper,
} from "../session_lease.ts";
import { LEASE_TTL_MS } from "../session_runner.ts";
import type { SessionStore } from "../session_store.ts";
import { isOfSession } from "../session_tag.ts";
import { Closing, type ClosingEnd } from "./closing.ts";
import {
  type GuardedPosition,
  guardedPositions,
  heldBy,
  isNaked,
  type RestingOrder,
  termsOf,
} from "./guarded_position.ts";
import { handOver } from "./hand_over.ts";
import { knownNames, MarketOrders, sentFor, soldBeside } from "./market_orders.ts";
import { NakedTime } from "./naked_time.ts";
import type { SendLock } from "./send_lock.ts";
import type { DatabaseLook, SessionReplica } from "./session_replica.ts";
import { unadopted } from "./spool.ts";
import type { SpoolFile } from "./spool_file.ts";
import { type Action, type ActTerms, whenToAct } from "./when_to_act.ts";

/** How a watchdog is doing, for people. */
export interface WatchReport {
  readonly doing: "watching" | "closing";
  /** Positions that it looks after, and those of them that lack a stop that they are to have. */
  readonly positions: number;
  readonly naked: number;
  /** Of the one that has been naked for longest now; 0 where none is. */
  readonly nakedMs: number;
  readonly longestNakedMs: number;
  readonly isDatabaseAway: boolean;
}

export interface WatchdogParts extends LeaseClocks {
  readonly config: TraderConfig;
  readonly spool: SpoolFile;
  readonly replica: SessionReplica;
  readonly lock: SendLock;
  /** The account's lease; null while the database is away. */
  readonly lease: () => Promise<LeaseKeeper | null>;
  readonly storeOf: (epoch: number) => Promise<SessionStore>;
  readonly exchange: Pick<Exchange, "submit" | "cancel" | "order" | "openOrders" | "orders" | "fills" | "balances">;
  /** Of the venue's time. */
  readonly scheduler: Scheduler;
  /** Of the machine's time. */
  readonly real: Scheduler;
  readonly kill: () => KillOrder | null;
  /** False where the account may not be traded as its mode was last read. */
  readonly maySell: () => boolean;
  readonly terms: Omit<ActTerms, "silentMs">;
  /** Longer than this a position should not be naked: people are told. */
  readonly barMs: number;
  /** See {@linkcode RunnerParts.requestsEndMs}. */
  readonly requestsEndMs: number;
  readonly leaseTtlMs?: number;
  /** The longest naked time that was measured before. */
  readonly longestNakedMs?: number;
  readonly say: (line: string) => void;
  readonly tell: (severity: "alarm" | "warning", kind: string, title: string, text: string) => void;
  readonly report: (report: WatchReport) => void;
}

/** Looks at the venue and the database so often, and asks the venue at most so many questions a second meanwhile. */
const LOOK_MS = 1_000, QUESTIONS_PER_SECOND = 3;
/** An answer of the database that takes longer is none. */
const DATABASE_MS = 1_500;
/** So long a close stays approved where nothing has changed; it is approved anew when half of it is over. */
const APPROVAL_LASTS_MS = DAY_MS;
/** What a person has to look at, and what was found closed without a sale, is looked at again after so long. */
const AGAIN_MS = 60_000;
const RENEWALS_PER_TTL = 3, WAIT_LOOK_MS = 50;

/** What came of a position that was to be closed. */
interface Done {
  readonly terms: string;
  readonly isFlat: boolean;
  readonly untilMs: number;
  /** Why a person has to look; null where nobody has. */
  readonly reason: string | null;
}

/** Watches one session. */
export class Watchdog {
  readonly #parts: WatchdogParts;
  readonly #naked: NakedTime;
  readonly #terms: ActTerms;
  #database: DatabaseLook | null = null;
  /** Since when the database has not answered; null where it does. */
  #awaySinceMs: number | null;
  #lease: { readonly keeper: LeaseKeeper; counted: CountedLease } | null = null;
  #lockedSinceMs = 0;
  #flattenSinceMs: number | null = null;
  /** The last epoch that it knows of, and the last one of its own. */
  #epoch = 0;
  #ownEpoch = 0;
  readonly #orders = new Map<number, MarketOrders>();
  /** True where the journal could not be told of its orders when that was tried last. */
  #isLeftToNext = false;
  /** To the venue, in the look that is under way. */
  #questions = 0;
  /** Symbol of each book that it was told of. */
  readonly #toldNaked = new Map<number, string>();
  /** Positions that were closed, or could not be, and until when that is left so: they are known by their terms. */
  readonly #done = new Map<number, Done>();
  /** True once somebody has traded the session that it cannot follow: what it approved before is of another state. */
  #isOutdated = false;
  #hasToldLapse = false;
  #saidLast = "";
  #isStopping = false;

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
    this.#naked = new NakedTime(parts.longestNakedMs ?? 0);
    this.#terms = { ...parts.terms, silentMs: this.#ttlMs + parts.requestsEndMs };
    this.#awaySinceMs = parts.monotonic();
  }

  /** Watches until it is told to stop or the session has ended; why it ends. */
  async run(signal: AbortSignal): Promise<string> {
    signal.addEventListener("abort", () => this.#isStopping = true);
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {}); // told by the race below
    const followed = this.#follow().catch(failed.reject);
    try {
      return await Promise.race([this.#watch(), failed.promise]);
    } finally {
      this.#isStopping = true;
      await this.#giveBack();
      this.#parts.lock.letGo();
      await followed;
    }
  }

  async #watch(): Promise<string> {
    while (!this.#isStopping) {
      const positions = this.#leftOf(await this.#approve()), isAnswered = this.#awaySinceMs === null;
      const questions = await this.#look(positions);
      if (isAnswered && this.#database?.hasEnded === true) return "stopped: the session has ended";
      if (isAnswered && this.#isLed) await this.#leaveToLeader();
      const isUntold = this.#isFollowed && !this.#isLed && unadopted(this.#parts.spool.state).length > 0;
      // What was sold is told first, save where the journal cannot take it: what else is to be closed does not wait for it.
      const isToTell = isUntold && !this.#isLeftToNext && this.#parts.spool.state.closing.size === 0;
      const action = isToTell ? null : this.#whatToDo(positions);
      if (action !== null) await this.#act(action);
      else if (isUntold) await this.#tellJournal();
      this.#report("watching", positions.length);
      await this.#pause(pauseMs(questions));
    }
    return "stopped";
  }

  /** True where the database answers and the session is followed: what it is told becomes the session's own. */
  get #isFollowed(): boolean {
    return this.#awaySinceMs === null && this.#database?.lost === null;
  }

  /** True while somebody else leads, as the database said last: it may have said so of a lease that was given back since. */
  get #isLed(): boolean {
    return this.#database?.isLed === true && this.#database.epoch !== this.#ownEpoch;
  }

  get #ttlMs(): number {
    return this.#parts.leaseTtlMs ?? LEASE_TTL_MS;
  }

  async #pause(delayMs: number): Promise<void> {
    const { real, monotonic } = this.#parts, untilMs = monotonic() + delayMs;
    while (!this.#isStopping && monotonic() < untilMs) await pause(real, WAIT_LOOK_MS);
  }

  #sayOnce(line: string): void {
    if (line !== this.#saidLast) this.#parts.say(line);
    this.#saidLast = line;
  }

  /** Reads on in the journal, for as long as it runs. */
  async #follow(): Promise<void> {
    while (!this.#isStopping) {
      await this.#lookAtDatabase();
      await this.#pause(LOOK_MS);
    }
  }

  /** True where it has answered. */
  async #lookAtDatabase(): Promise<boolean> {
    const { replica, spool, real, monotonic } = this.#parts, names = unadopted(spool.state).map(({ name }) => name);
    this.#looking ??= replica.look(names).finally(() => this.#looking = null);
    this.#looking.catch(() => {}); // where nobody waits for it any more
    try {
      const look = await Promise.race([this.#looking, pause(real, DATABASE_MS).then(() => null)]);
      if (look === null) throw new DatabaseAway("the database takes too long to answer");
      if (this.#awaySinceMs !== null && this.#database !== null) this.#parts.say("the database answers again");
      if (look.lost !== null && this.#database?.lost !== look.lost) this.#tellLost(look.lost);
      this.#database = look;
      this.#awaySinceMs = null;
      if (look.lost !== null) this.#tellOutdated();
      this.#hearOf(look.epoch);
      const adopted = names.filter((name) => look.known.has(name));
      if (adopted.length > 0) await spool.append({ kind: "adopted", names: adopted });
      return true;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (this.#awaySinceMs === null) this.#parts.say(`the database is away: ${(error as Error).message}`);
      this.#awaySinceMs ??= monotonic();
      return false;
    }
  }

  #looking: Promise<DatabaseLook> | null = null;

  /** It goes on from what it approved before: a position is rather closed by old terms than by nobody. */
  #tellLost({ message }: CodedError): void {
    const { spool: { state: { approved } } } = this.#parts, title = "the watchdog cannot follow its session";
    const text = approved === null ? "It knows of no position" : "It goes on from what it knew last, for a day at most";
    this.#alarm("lost", title, `${text}: ${message}.`);
  }

  /** Positions that it cannot follow were traded since: by old terms it would take another position's stop back. */
  #tellOutdated(): void {
    const { spool: { state: { approved } } } = this.#parts;
    if (this.#isOutdated || approved === null || !this.#isLed && this.#database!.epoch < approved.epoch) return;
    if (this.#database!.epoch === this.#ownEpoch) return;
    this.#isOutdated = true;
    const text = "Somebody has led the session since. It closes nothing any more: close by hand what is to be closed.";
    this.#alarm("outdated", "what the watchdog knew of its session is out of date", text);
  }

  #tellLapse(): void {
    if (this.#hasToldLapse) return;
    this.#hasToldLapse = true;
    const text = "It closes nothing until it knows more: close by hand what is to be closed.";
    this.#alarm("lapsed", "what the watchdog had approved to be closed is more than a day old", text);
  }

  #alarm(code: string, title: string, text: string): void {
    this.#parts.say(`ALARM ${code}: ${title}: ${text}`);
    this.#parts.tell("alarm", `watchdog-${code}`, title, text);
  }

  /** The positions, each with an approval that is durable. While the database is away they are those that it had last. */
  async #approve(): Promise<readonly GuardedPosition[]> {
    const { spool, replica: { trader }, scheduler, real } = this.#parts, kept = spool.state.approved;
    if (this.#isOutdated) return [];
    if (trader === null || this.#awaySinceMs !== null) return kept?.positions ?? [];
    this.#hasToldLapse = false;
    const epoch = this.#lease?.counted.held.epoch ?? this.#database!.epoch + 1, atMs = real.now();
    const positions = guardedPositions(trader, epoch, scheduler.now());
    const isFresh = kept !== null && kept.epoch === epoch && atMs < kept.untilMs - APPROVAL_LASTS_MS / 2 &&
      termsOf(kept.positions) === termsOf(positions) &&
      !kept.positions.some(({ close }) => spool.state.orders.get(close.clientOrderId)?.isAdopted);
    if (isFresh) return kept.positions.map((own, i) => ({ ...own, mark: positions[i]!.mark }));
    const untilMs = atMs + APPROVAL_LASTS_MS as TimestampMs;
    crashPoint("watchdog: before approval");
    await spool.append({ kind: "approved", positions, epoch, version: trader.state.version, atMs, untilMs });
    return positions;
  }

  /** Positions that are left to look after. What was done is forgotten once its position is another one, or none. */
  #leftOf(positions: readonly GuardedPosition[]): readonly GuardedPosition[] {
    for (const [book, { terms }] of this.#done) {
      const position = positions.find((own) => own.book === book);
      if (position === undefined || termsOf([position]) !== terms) this.#done.delete(book);
    }
    return positions.filter(({ book }) => this.#done.get(book)?.isFlat !== true || this.#isDue(book));
  }

  /** False of a book with which there is nothing to be done at this moment. */
  #isDue(book: number): boolean {
    return this.#parts.monotonic() >= (this.#done.get(book)?.untilMs ?? -Infinity);
  }

  /** What was done counts as long as nobody else has led since: a position like the one before may be another one. */
  #hearOf(epoch: number): void {
    if (epoch > this.#epoch || this.#isLed) this.#done.clear();
    this.#epoch = Math.max(epoch, this.#epoch);
  }

  /** Looks at the orders that rest at the venue; how many questions that took. */
  async #look(positions: readonly GuardedPosition[]): Promise<number> {
    const { monotonic } = this.#parts, markets = Map.groupBy(positions, ({ instrument }) => instrument);
    this.#questions = 0;
    this.#naked.keep(new Set(positions.map(({ book }) => book)), monotonic());
    // While somebody leads, the journal says what is held; else what has filled may not be in it.
    const isLed = this.#isFollowed && this.#isLed;
    const totals = isLed || markets.size === 0 ? null : await this.#totals();
    for (const [number, held] of markets) {
      const askedMs = monotonic(), naked = await this.#nakedOf(number, held, totals);
      if (naked !== null) this.#naked.take(askedMs, held.map(({ book }) => book), naked);
    }
    this.#tellNaked(positions);
    return this.#questions;
  }

  /** Books of a market that lack their stops; null where the venue does not say. */
  async #nakedOf(
    number: number,
    held: readonly GuardedPosition[],
    totals: ((asset: string) => Quantity) | null,
  ): Promise<ReadonlySet<number> | null> {
    const { exchange, config: { instruments } } = this.#parts, market = instruments[number]!;
    this.#questions++;
    const open = await exchange.openOrders(market.symbol);
    if (open.kind !== "done") {
      this.#sayOnce(`the venue does not say what rests in ${market.symbol}: ${open.reason}`);
      return null;
    }
    const resting = open.value.flatMap(({ clientOrderId: name, quantity: size, filled }): RestingOrder[] =>
      name === null || !this.#isOurs(name) || isGuardOrder(name) || size === null
        ? []
        : [{ name, quantity: quantity(size), filled: quantity(filled ?? "0") }]
    );
    const sold = totals === null ? null : await this.#soldBeside(number, open.value);
    const isBare = (own: GuardedPosition) =>
      isNaked(
        totals === null || sold === null ? own : { ...own, held: heldBy(totals(market.base), sold(own), own) },
        resting,
      );
    return new Set(held.filter(isBare).map(({ book }) => book));
  }

  /** What books of a market have sold beside each other; null where the venue does not say. */
  async #soldBeside(
    number: number,
    open: readonly VenueOrder[],
  ): Promise<((position: GuardedPosition) => Quantity) | null> {
    const { spool } = this.#parts, positions = this.#approvedIn(number);
    // A book that is alone has all that the account has: nobody needs to be asked.
    const names = positions.length > 1 ? knownNames(positions) : [];
    const told = await this.#ordersIn(number).told(open, names);
    if (told === null) return null;
    return (position) => soldBeside(position, positions, told, spool.state);
  }

  /** All positions of a market that were approved, also those that are closed by now: others lie beside them. */
  #approvedIn(number: number): readonly GuardedPosition[] {
    return this.#parts.spool.state.approved?.positions.filter(({ instrument }) => instrument === number) ?? [];
  }

  #ordersIn(number: number): MarketOrders {
    const { exchange, config: { instruments } } = this.#parts, { symbol } = instruments[number]!;
    const order: typeof exchange.order = (...asked) => {
      this.#questions++;
      return exchange.order(...asked);
    };
    const orders = this.#orders.get(number) ?? new MarketOrders({ order }, symbol, this.#isOurs);
    this.#orders.set(number, orders);
    return orders;
  }

  /** What the account has of each asset; null where the venue does not say. */
  async #totals(): Promise<((asset: string) => Quantity) | null> {
    this.#questions++;
    const balances = await this.#parts.exchange.balances();
    // An answer without anything at all is none.
    if (balances.kind !== "done" || balances.value.length === 0) return null;
    const totals = new Map(balances.value.map(({ asset, total }) => [asset, quantity(total)]));
    return (asset) => totals.get(asset) ?? ZERO_QUANTITY;
  }

  readonly #isOurs = (id: string): id is ClientOrderId => isOfSession(id, this.#parts.config.session);

  #tellNaked(positions: readonly GuardedPosition[]): void {
    const { barMs, monotonic, say, tell } = this.#parts, naked = this.#naked.naked;
    for (const [book, symbol] of this.#toldNaked) {
      if (naked.some((own) => own.book === book)) continue;
      this.#toldNaked.delete(book);
      say(`${symbol} is not without its stop any more; the longest was ${seconds(this.#naked.longestMs)}`);
    }
    for (const { book, sinceMs } of naked) {
      const forMs = monotonic() - sinceMs, symbol = positions.find((own) => own.book === book)?.symbol ?? "";
      if (forMs < barMs || this.#toldNaked.has(book)) continue;
      this.#toldNaked.set(book, symbol);
      say(`ALARM naked: ${symbol} has had no stop for ${seconds(forMs)}`);
      const text = `Its terms want one at the venue; the bar is ${seconds(barMs)}. ${
        this.#awaySinceMs === null && this.#isLed ? "The session is led." : "Nobody leads the session."
      }`;
      tell("warning", "watchdog-naked", `${symbol} has had no stop for ${seconds(forMs)}`, text);
    }
  }

  #whatToDo(positions: readonly GuardedPosition[]): Action | null {
    const { kill, monotonic, maySell, spool } = this.#parts, nowMs = monotonic();
    if (kill()?.flatten !== true) this.#flattenSinceMs = null;
    else this.#flattenSinceMs ??= nowMs;
    const held = positions.map(({ book }) => book).filter((book) => this.#isDue(book));
    return whenToAct({
      ...{ nowMs, awaySinceMs: this.#awaySinceMs, isLed: this.#isLed, maySell: maySell(), held },
      ...{ flattenSinceMs: this.#flattenSinceMs, naked: this.#naked.naked.filter(({ book }) => held.includes(book)) },
      begun: held.filter((book) => spool.state.closing.has(book)),
    }, this.#terms);
  }

  /** What it had begun is of whoever leads by now. */
  async #leaveToLeader(): Promise<void> {
    const { spool, say, real } = this.#parts;
    for (const book of spool.state.closing.keys()) {
      const symbol = spool.state.approved?.positions.find((own) => own.book === book)?.symbol ?? `book ${book}`;
      say(`${symbol} is left to ${this.#database!.holder}, who leads`);
      await spool.append({ kind: "closed", book, result: "left to who leads", atMs: real.now() });
    }
  }

  async #act(action: Action): Promise<void> {
    const { spool, real, say, tell } = this.#parts;
    // Only who follows the session can approve anything anew.
    const isOver = (spool.state.approved?.untilMs ?? 0) < real.now() && !this.#isFollowed;
    if (isOver) return this.#tellLapse();
    const isTaken = action.way === "lease" ? await this.#takeLease() : await this.#takeLock();
    if (!isTaken) return;
    try {
      const positions = await this.#approve(), { approved } = spool.state;
      const targets = positions.filter(({ book }) => action.books.includes(book));
      if (approved === null || targets.length === 0) return;
      if (approved.untilMs < real.now()) return this.#tellLapse();
      const books = targets.map(({ book }) => book).filter((book) => !spool.state.closing.has(book));
      if (books.length > 0) await spool.append({ kind: "began", books, reason: action.reason, atMs: real.now() });
      crashPoint("watchdog: begun");
      const what = `${counted(targets.length, "position")} (${targets.map(({ symbol }) => symbol).join(", ")})`;
      say(`closes ${what} under epoch ${approved.epoch}: ${action.reason}`);
      // Those of which people were told before are tried again.
      if (books.some((book) => !this.#done.has(book))) {
        tell("alarm", "watchdog-closes", `the watchdog closes ${what}`, `${action.reason}.`);
      }
      await this.#lookDuring(this.#closeAll(targets, approved.epoch), positions);
    } finally {
      await this.#giveBack();
      this.#parts.lock.letGo();
    }
  }

  /** What is without its stop while positions are closed is told as ever. */
  async #lookDuring(work: Promise<void>, positions: readonly GuardedPosition[]): Promise<void> {
    const { monotonic, real } = this.#parts;
    let isOver = false;
    const look = async () => {
      for (let nextMs = 0; !isOver; await pause(real, WAIT_LOOK_MS)) {
        if (monotonic() < nextMs) continue;
        const left = this.#leftOf(positions);
        nextMs = monotonic() + pauseMs(await this.#look(left));
        this.#report("closing", left.length);
      }
    };
    await Promise.all([work.finally(() => isOver = true), look()]);
  }

  async #closeAll(positions: readonly GuardedPosition[], epoch: number): Promise<void> {
    const markets = [...Map.groupBy(positions, ({ instrument }) => instrument).values()];
    await Promise.all(markets.map((own) => this.#close(own, epoch)));
    const isDone = this.#parts.spool.state.closing.size === 0;
    if (isDone && this.#lease !== null && this.#isFollowed) await this.#handOver();
  }

  /** The positions of one market, one after the other: they share a balance. */
  async #close(positions: readonly GuardedPosition[], epoch: number): Promise<void> {
    const { config: { session, instruments, timing }, exchange, spool, scheduler, real, say, tell } = this.#parts;
    for (const position of positions) {
      const end = await new Closing({
        ...{ exchange, session, epoch, spool, timing, scheduler, real, isOurs: this.#isOurs, say },
        market: instruments[position.instrument]!,
        ...{ hindrance: () => this.#hindrance(), beside: this.#approvedIn(position.instrument) },
      }, position).run();
      if (end.kind === "hindered" || end.kind === "unanswered") {
        const what = `${position.symbol} is not closed yet`;
        say(`${what}: ${end.reason}`);
        if (end.kind === "unanswered") tell("alarm", "watchdog-unanswered", what, `${end.reason}. It goes on trying.`);
        return;
      }
      await this.#takeEnd(position, end);
    }
  }

  async #takeEnd(
    position: GuardedPosition,
    end: Exclude<ClosingEnd, { kind: "hindered" | "unanswered" }>,
  ): Promise<void> {
    const { spool, real, say, tell, monotonic } = this.#parts, { book, symbol } = position;
    const hasSold = sentFor(position, spool.state).some(({ filled }) => filled > 0n);
    const isFlat = end.kind === "flat", untilMs = isFlat && hasSold ? Infinity : monotonic() + AGAIN_MS;
    const reason = end.kind === "flat" ? null : end.reason, isNews = reason !== this.#done.get(book)?.reason;
    this.#done.set(book, { terms: termsOf([position]), isFlat, untilMs, reason });
    await spool.append({
      ...{ kind: "closed", book, atMs: real.now() },
      result: end.kind === "flat" ? "flat" : `stuck: ${end.reason}`,
    });
    if (end.kind === "flat") {
      say(`${symbol} is closed`);
      crashPoint("watchdog: flat");
    } else if (isNews) {
      say(`ALARM stuck: ${symbol} cannot be closed: ${end.reason}`);
      tell("alarm", "watchdog-stuck", `${symbol} cannot be closed`, `${end.reason}. Look at the account.`);
    }
  }

  /** Why nothing may be sent at this moment; null where it may (I7). */
  #hindrance(): string | null {
    const { maySell, monotonic, lock, requestsEndMs } = this.#parts, nowMs = monotonic();
    if (this.#isStopping) return "it is told to stop";
    if (!maySell()) return "the account's mode lets nothing be sold";
    if (this.#lease !== null && isInForce(this.#lease.counted, this.#parts)) return null;
    if (this.#awaySinceMs === null) return "the database answers, and does not say that it leads";
    if (nowMs - this.#awaySinceMs < this.#terms.silentMs) return "who led before may still send";
    if (!lock.isHeld) return "a trading process of this machine may still send";
    return nowMs - this.#lockedSinceMs < requestsEndMs ? "a request of who led before may still arrive" : null;
  }

  /** Takes the lease, waits as every successor does, and reads all that is durable. */
  async #takeLease(): Promise<boolean> {
    crashPoint("watchdog: before lease");
    const keeper = await this.#parts.lease().catch((error) => {
      if (isAway(error)) return null;
      throw error;
    });
    if (keeper === null) return false;
    const askedMs = this.#parts.wallMs(), outcome = await keeper.acquire(this.#ttlMs);
    if (outcome.kind !== "done" || !isHeld(outcome.value)) return false;
    this.#lease = { keeper, counted: countedLease(outcome.value, askedMs, this.#ttlMs) };
    this.#hearOf(outcome.value.epoch - 1);
    this.#epoch = this.#ownEpoch = outcome.value.epoch;
    this.#renewLater();
    if (!outcome.value.isClean) await this.#pause(this.#parts.requestsEndMs);
    // An answer that was asked for before the lease was taken may lack what was durable then.
    if (this.#looking !== null) await this.#looking.catch(() => {});
    const isRead = await this.#lookAtDatabase() && this.#hindrance() === null;
    if (isRead) crashPoint("watchdog: leads");
    else await this.#giveBack();
    return isRead;
  }

  #renewLater(): void {
    this.#parts.real.after(this.#ttlMs / RENEWALS_PER_TTL, async () => {
      const lease = this.#lease;
      if (lease === null) return;
      this.#renewLater();
      const askedMs = this.#parts.wallMs();
      const renewed = await lease.keeper.renew(lease.counted.held, this.#ttlMs).catch(() => null);
      if (this.#lease !== lease || renewed === null) return;
      if (renewed.kind === "done") lease.counted = countedLease(renewed.value, askedMs, this.#ttlMs);
      // It is over: what is under way asks before each act.
      else if (renewed.kind === "refused") this.#lease = null;
    });
  }

  async #giveBack(): Promise<void> {
    const lease = this.#lease;
    this.#lease = null;
    // Where it cannot be given back it ends by itself.
    if (lease !== null) await lease.keeper.release(lease.counted.held).catch(() => null);
  }

  /** Has the machine for itself, where the database cannot say who leads, and waits for the last request of who did. */
  async #takeLock(): Promise<boolean> {
    const { lock, monotonic, requestsEndMs } = this.#parts;
    if (!lock.hold()) {
      this.#sayOnce("it would close positions, and a trading process of this machine may still send");
      return false;
    }
    this.#lockedSinceMs = monotonic();
    await this.#pause(requestsEndMs);
    if (this.#hindrance() === null) return true;
    lock.letGo();
    return false;
  }

  async #tellJournal(): Promise<void> {
    if (!await this.#takeLease()) return;
    try {
      await this.#handOver();
    } finally {
      await this.#giveBack();
    }
  }

  /** Its orders become the session's (I3). What is left undone here a successor does. */
  async #handOver(): Promise<void> {
    const { config, storeOf, exchange, scheduler, real, spool, say } = this.#parts,
      { epoch } = this.#lease!.counted.held;
    const orders = unadopted(spool.state);
    if (orders.length === 0) return;
    crashPoint("watchdog: before hand-over");
    const left = await handOver({
      ...{ config, epoch, exchange, scheduler, real, store: await storeOf(epoch) },
      alarm: ({ code, message }) => say(`${code}: ${message}`),
    }, orders);
    crashPoint("watchdog: handed over");
    this.#isLeftToNext = left !== null;
    say(left === null ? `the journal has ${counted(orders.length, "order")} of it` : `left to who leads next: ${left}`);
    await this.#lookAtDatabase();
  }

  #report(doing: WatchReport["doing"], positions: number): void {
    const { monotonic, report } = this.#parts, naked = this.#naked.naked, nowMs = monotonic();
    report({
      ...{ doing, positions, naked: naked.length, longestNakedMs: Math.round(this.#naked.longestMs) },
      nakedMs: Math.round(Math.max(0, ...naked.map(({ sinceMs }) => nowMs - sinceMs))),
      isDatabaseAway: this.#awaySinceMs !== null,
    });
  }
}

/** It does not answer. */
class DatabaseAway extends CodedError {
  constructor(message: string) {
    super("database-away", message);
  }
}

/** True of errors after which nobody knows what the database would say. Others are ours, or those of a session too new. */
function isAway(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return error instanceof DatabaseAway || isConnectionLost(error) || /^(postgres-|57014|53300|40001|40P01)/.test(code);
}

/** Between two looks at the venue, the first of which took so many questions. */
function pauseMs(questions: number): number {
  return Math.max(LOOK_MS, 1_000 * questions / QUESTIONS_PER_SECOND);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
