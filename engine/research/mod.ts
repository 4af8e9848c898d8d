/**
 * Research that can be believed: trials and their families, and what the number of trials does to a Sharpe ratio.
 * Chance is an argument; files are the lake's.
 *
 * @module
 */
export * from "./backtest_overfitting.ts";
export * from "./certificate.ts";
export * from "./cross_validated_choice.ts";
export * from "./cross_validation.ts";
export * from "./data_snooping.ts";
export * from "./deflated_sharpe.ts";
export * from "./haircut_sharpe.ts";
export { type CountedStudy, type JudgedStudy, judgeStudy } from "./judged_study.ts";
export * from "./overfitting_tests.ts";
export type { LabelIntervals } from "./label_intervals.ts";
export { type LeakData, leakData } from "./leaks/leak_data.ts";
export * from "./leaks/leak_report.ts";
export { leakText } from "./leaks/leak_text.ts";
export {
  type Column,
  type ColumnFunction,
  type DecisionRow,
  definePipeline,
  type Feed,
  type Fold,
  isPipeline,
  type LabelFunction,
  type Pipeline,
  type PipelineDefinition,
  type PipelineGiven,
  type Rows,
  type Universe,
} from "./leaks/pipeline.ts";
export { pipelineLeaks } from "./leaks/pipeline_leaks.ts";
export { strategyLeaks } from "./leaks/strategy_leaks.ts";
export type { StrategySubject } from "./leaks/strategy_runs.ts";
export * from "./parameter_grid.ts";
export type { Split } from "./purged_split.ts";
export * from "./return_moments.ts";
export { CRISIS_WINDOWS, type NamedWindow } from "./robustness/crisis_windows.ts";
export { type Evidence, type WalkEvidence, walkEvidence } from "./robustness/evidence.ts";
export { isMade, type NotMade, type Part } from "./robustness/part.ts";
export * from "./robustness/robustness.ts";
export type { DrawnHistories, RobustnessParts } from "./robustness/robustness_parts.ts";
export type { RobustnessSettings } from "./robustness/robustness_settings.ts";
export type { Condition } from "./robustness/finding.ts";
export type { Headline, Verdict } from "./robustness/verdict.ts";
export * from "./robustness/verdict_text.ts";
export type { ReturnsMatrix } from "./returns_matrix.ts";
export * from "./search/judged_search.ts";
export * from "./search/parameter_importance.ts";
export * from "./search/plateau_map.ts";
export * from "./search/run_search.ts";
export { SAMPLER_NAMES, type SamplerChoice, type SamplerName, samplerSettings } from "./search/samplers.ts";
export { Dimension, type SearchAxis } from "./search/search_axis.ts";
export * from "./search/search_goal.ts";
export {
  axesOf,
  type SearchAxes,
  searchDimensions,
  type SearchRange,
  type SearchSpace,
} from "./search/search_space.ts";
export {
  goalText,
  type KeptTrial,
  type SearchEnd,
  searchNotices,
  type SearchStudy,
  type SearchTrial,
  topTrials,
} from "./search/search_study.ts";
export { countedSearchTrials, trialsOfSearch } from "./search/searched_trial.ts";
export { surfaceOf, type SurfacePoint, type TrialSurface } from "./search/trial_surface.ts";
export type { BootstrapSettings } from "./stationary_bootstrap.ts";
export * from "./study.ts";
export type { StudyPlan, StudySurroundings } from "./study_plan.ts";
export * from "./study_document.ts";
export { studyReturns } from "./study_returns.ts";
export * from "./sweep.ts";
export type { ChunkQueue, ChunkStudy, TrialChunk } from "./chunk_queue.ts";
export { TrialTrader } from "./trial_trader.ts";
export { type CountedTrials, countedTrials, trialsOfStudy } from "./swept_trial.ts";
export { MOST_WORKERS, TrialPool } from "./trial_pool.ts";
export * from "./trial.ts";
export * from "./trial_check.ts";
export * from "./trial_family.ts";
export * from "./walk_forward.ts";
export * from "./walk_forward_windows.ts";
