// What the account of a spec means for its markets.
import { InputError } from "../errors/mod.ts";
import { type Instrument, instrument, type InstrumentOptions, settlementAsset, usesMargin } from "../market/mod.ts";
import type { PositionRules } from "../simulator/mod.ts";
import type { RunSpec } from "./run_spec.ts";

type Terms = Pick<RunSpec, "account" | "markets">;

/** A market of a spec, with what its account can borrow. */
export function tradedInstrument(options: InstrumentOptions, { account }: Pick<RunSpec, "account">): Instrument {
  const base = options.symbol.split("/")[0]!, rate = account.borrow?.[base];
  const isSpot = options.kind === undefined || options.kind === "spot";
  return instrument(rate === undefined || !isSpot ? options : { ...options, borrowRatePerHour: rate });
}

/** How the account holds positions; undefined where the spec says nothing about it. */
export function positionRulesOf(
  { account: { marginMode, positionMode, liquidation } }: Terms,
): PositionRules | undefined {
  if (marginMode === undefined && positionMode === undefined) return undefined;
  return {
    ...(marginMode === undefined ? {} : { marginMode }),
    ...(positionMode === undefined ? {} : { positionMode }),
    ...(liquidation === undefined ? {} : { liquidation }),
  };
}

/**
 * Checks that the account and its markets go together.
 *
 * @throws {InputError} `run-spec` naming the field and what to do.
 */
export function checkAccount(spec: Terms): void {
  const { account } = spec, markets = spec.markets.map((own) => tradedInstrument(own, spec));
  const refuse = (problem: string) => {
    throw new InputError("run-spec", problem);
  };
  const assets = new Set(markets.map(settlementAsset));
  if (assets.size > 1) {
    refuse(
      `markets of one account settle in one asset (the base of an inverse contract, else the quote), these settle in ${
        [...assets].join(" and ")
      }: run them on accounts of their own`,
    );
  }
  for (const base of Object.keys(account.borrow ?? {})) {
    if (!markets.some((own) => own.kind === "spot" && own.base === base)) {
      refuse(`"account.borrow" names ${base}, which is the base of no spot market of the run: leave it out`);
    }
  }
  const owned = markets.find((own) => !usesMargin(own));
  if (account.positionMode === "hedge") {
    if (owned) refuse(`${owned.symbol} is spot and cannot be held short: leave "account.positionMode" out`);
    if (account.marginMode === "cross") {
      refuse('"account.positionMode" hedge goes with isolated margin here: set "account.marginMode" to "isolated"');
    }
  }
  if (account.liquidation && account.marginMode === undefined) {
    refuse('"account.liquidation" needs "account.marginMode": without it nothing is liquidated');
  }
  if (markets.every((own) => !usesMargin(own))) {
    const remedy = 'say "kind": "linear" of a market that is a contract, or leave it out';
    if (account.leverage > 1) {
      refuse(`"account.leverage" is ${account.leverage} and no market of the run can be held on margin: ${remedy}`);
    }
    if (account.marginMode !== undefined) {
      refuse(`"account.marginMode" is set and no market of the run can be held on margin: ${remedy}`);
    }
  }
  if (account.funding && markets.every((own) => own.kind === "spot")) {
    refuse('"account.funding" is set and no market is a contract: leave it out');
  }
  if (account.marginMode === undefined) return;
  for (const own of markets.filter(usesMargin)) {
    if (own.marginTiers === null) {
      refuse(
        `"account.marginMode" needs the marginTiers of ${own.symbol}: add what the venue publishes, as in [{ "fromNotional": 0, "maintenanceRate": 0.005 }]`,
      );
    }
    const most = own.marginTiers![0]!.maxLeverage;
    if (account.leverage > most) {
      refuse(`"account.leverage" is ${account.leverage}, and the first margin tier of ${own.symbol} allows ${most}`);
    }
  }
}
