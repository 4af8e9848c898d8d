// What a session does, in plain words.
import type { Instrument } from "../market/mod.ts";
import { formatDecimal, notionalToNumber, priceToNumber, quantityToNumber, UNIT_DECIMALS } from "../money/mod.ts";
import type { Fill, OrderIntent } from "../orders/mod.ts";
import type { Command } from "../trader/mod.ts";
import type { SessionInput } from "./session_input.ts";

/** So many executions are remembered, so that one that is told twice is said once. */
const MOST_SAID = 1_000;

/**
 * Sentences about a turn: what came in, and what follows from it.
 *
 * @param said Executions that were said already; filled here.
 */
export function sentencesOf(
  inputs: readonly SessionInput[],
  commands: readonly Command[],
  markets: readonly Instrument[],
  said: Set<string>,
): string[] {
  const fillSentences = (fills: readonly Fill[]) =>
    fills.filter(({ tradeId }) => {
      if (said.has(tradeId)) return false;
      said.add(tradeId);
      if (said.size > MOST_SAID) said.delete(said.keys().next().value!);
      return true;
    }).map((fill) => fillSentence(fill, symbolOf));
  const symbolOf = (id: string) => markets.find((own) => own.id === id)?.symbol ?? id;
  return [
    ...inputs.flatMap((input): string[] => {
      if (input.kind === "fill") return fillSentences([input.fill]);
      if (input.kind === "found") return fillSentences(input.fills);
      if (input.kind === "refused") {
        const who = input.code === "gate" ? "not sent:" : "the venue refused";
        return [`${who} ${input.clientOrderId}: ${input.reason}`];
      }
      if (input.kind === "halt") {
        return [`trading is halted: ${input.reason}${input.flatten ? "; positions are closed" : ""}`];
      }
      if (input.kind === "resume") return ["trading goes on"];
      if (input.kind === "guarded") return [`the watchdog has ${orderSentence(input.order, symbolOf)}`];
      return [];
    }),
    ...commands.flatMap((command): string[] => {
      if (command.kind === "submit") return [orderSentence(command.order, symbolOf)];
      if (command.kind === "closed") {
        const { lot } = command, gained = lot.exitValue - lot.entryValue - lot.feesQuote;
        return [`a position was closed (${lot.exitReason}): ${signed(notionalToNumber(gained as never))} after fees`];
      }
      return command.kind === "alarm" ? [`ALARM ${command.code}: ${command.message}`] : [];
    }),
  ];
}

function orderSentence(
  { side, kind, quantity, price, instrument, reason }: OrderIntent,
  symbolOf: (id: string) => string,
) {
  const at = price === null ? "at the market" : `at ${formatDecimal(price, UNIT_DECIMALS)}`;
  return `ordered to ${side} ${formatDecimal(quantity, UNIT_DECIMALS)} of ${
    symbolOf(instrument)
  } ${at}, ${kind} (${reason})`;
}

function fillSentence({ side, quantity, price, instrument }: Fill, symbolOf: (id: string) => string): string {
  const worth = quantityToNumber(quantity) * priceToNumber(price);
  const what = side === "buy" ? "bought" : "sold";
  return `${what} ${formatDecimal(quantity, UNIT_DECIMALS)} of ${symbolOf(instrument)} at ${
    formatDecimal(price, UNIT_DECIMALS)
  }, worth ${worth.toFixed(2)}`;
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : ""}${value.toFixed(2)}`;
}
