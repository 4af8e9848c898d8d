import { z } from "zod";

/** Risk rules of the user's own, by name and text; none unless stated. */
export const rules = z.array(z.strictObject({ name: z.string().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
  .optional();
