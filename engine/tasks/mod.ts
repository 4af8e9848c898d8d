/**
 * Background work: a queue in PostgreSQL, workers in any number of processes, schedules. Knows no task of its own; they
 * are handed over as values.
 *
 * @module
 */
export * from "./dead_letters.ts";
export * from "./queue_health.ts";
export * from "./schedules.ts";
export * from "./task.ts";
export * from "./task_chunk_queue.ts";
export * from "./task_chunks.ts";
export * from "./task_queue.ts";
export * from "./task_record.ts";
export * from "./task_tables.ts";
export * from "./task_worker.ts";
