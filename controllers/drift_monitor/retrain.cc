#include "controllers/drift_monitor/retrain.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/jobs.h"
#include "controllers/common/metadata.h"
#include "controllers/drift_monitor/names.h"
#include "controllers/drift_monitor/resources.h"
#include "controllers/drift_monitor/snapshot.h"
#include "controllers/drift_monitor/status.h"

namespace gyre::drift_monitor {
namespace {

// Reasons of RetrainPending that are the last word on a retraining.
constexpr char kRetrained[] = "Retrained";
constexpr char kRetrainFailed[] = "RetrainFailed";
constexpr char kRetrainGone[] = "RetrainGone";

MonitorPlan pending(const Observed& seen, MonitorPlan plan, std::string_view reason, std::string message) {
  return with_condition(seen, std::move(plan), {kRetrainPending, ConditionStatus::kTrue, reason, std::move(message)});
}

MonitorPlan settled(const Observed& seen, MonitorPlan plan, std::string_view reason, std::string message) {
  return with_condition(seen, std::move(plan), {kRetrainPending, ConditionStatus::kFalse, reason, std::move(message)});
}

MonitorPlan name_taken(const Observed& seen, MonitorPlan plan, std::string_view kind, const std::string& name) {
  const std::string message = fmt::format("{} {} exists and is not this monitor's; delete or rename it", kind, name);
  plan = pending(seen, std::move(plan), kNameTaken, message);
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, kNameTaken, message});
  return look_again(std::move(plan), std::chrono::seconds(15));
}

const TrainingJob* find_training(const Observed& seen, const std::string& name) {
  const auto found = std::ranges::find_if(seen.trainings, [&](const auto& job) { return job->metadata.name == name; });
  return found == seen.trainings.end() ? nullptr : found->get();
}

std::string pinned_digest(const DriftMonitor& monitor, const TrainingJob& training) {
  const auto& dataset = monitor.spec.retrain->dataset;
  for (const Dataset& each : training.spec.datasets)
    if (dataset && each.name == dataset->name) return each.digest;
  return "";
}

// The episode has its TrainingJob: from now on there is no other.
MonitorPlan adopt(const Observed& seen, MonitorPlan plan, const TrainingJob& training) {
  Episode& episode = *plan.status.episode;
  episode.training_job = training.metadata.name;
  episode.dataset_digest = pinned_digest(*seen.monitor, training);
  // Counted, and perhaps never written down.
  if (const Snapshot snapshot = snapshot_of(seen, snapshot_name(*seen.monitor, episode.trigger));
      snapshot.state == SnapshotState::kTaken)
    episode.rows_after_onset = snapshot.message.rows_after;
  plan.status.last_retrain = training.metadata.creation_timestamp.value_or(seen.now);
  ++plan.status.retrains;
  plan.events.push_back({EventType::kNormal, "RetrainStarted", "Retrain",
                         fmt::format("TrainingJob {} answers the drift since {}; it is the only one until that clears",
                                     training.metadata.name, format_time(episode.start))});
  return plan;
}

// Said once; what was said of an end stays, though what ended is deleted later.
MonitorPlan warned(const Observed& seen, MonitorPlan plan, const char* reason, const std::string& message) {
  const Condition* before = find_condition(seen.monitor->status.conditions, kRetrainPending);
  if (!before || before->reason != reason) plan.events.push_back({EventType::kWarning, reason, "Retrain", message});
  return settled(seen, std::move(plan), reason, message);
}

MonitorPlan gone(const Observed& seen, MonitorPlan plan, const std::string& name) {
  const Condition* before = find_condition(seen.monitor->status.conditions, kRetrainPending);
  const bool had_ended = before && (before->reason == kRetrained || before->reason == kRetrainFailed);
  if (had_ended) return plan;
  return warned(seen, std::move(plan), kRetrainGone,
                fmt::format("TrainingJob {} was deleted before it was seen to end, and is the only one until the drift "
                            "clears; train by hand",
                            name));
}

// Labels and limits that somebody has changed are put right; a suspension is left to who made it.
MonitorPlan mended(const Observed& seen, MonitorPlan plan, const TrainingJob& training) {
  const auto wanted = schema::from_json<TrainingJobSpec>(seen.monitor->spec.retrain->training_job);
  if (!wanted || training.metadata.deletion_timestamp) return plan;
  TrainingJob out = training;
  out.metadata = retraining_metadata(*seen.monitor, *plan.status.episode);
  const bool is_labelled = std::ranges::all_of(
      out.metadata.labels, [&](const auto& label) { return label_of(training.metadata, label.first) == label.second; });
  if (is_labelled && says(training.spec.run_policy, wanted->run_policy)) return plan;
  out.spec.run_policy = wanted->run_policy;
  Child changed = child(out);
  changed.object.erase("status");
  plan.applies.push_back(std::move(changed));
  return plan;
}

MonitorPlan report(const Observed& seen, MonitorPlan plan) {
  const std::string name = plan.status.episode->training_job;
  const TrainingJob* training = find_training(seen, name);
  if (!training) return gone(seen, std::move(plan), name);
  if (!is_controlled_by(training->metadata, seen.monitor->metadata.uid))
    return name_taken(seen, std::move(plan), "TrainingJob", name);
  switch (training->status.phase) {
    case TrainingPhase::kFailed:
      return warned(seen, std::move(plan), kRetrainFailed,
                    fmt::format("TrainingJob {} failed; look at its conditions, and train by hand", name));
    case TrainingPhase::kSucceeded:
      return settled(seen, std::move(plan), kRetrained,
                     fmt::format("TrainingJob {} has ended; its version's gates and the rollout decide", name));
    case TrainingPhase::kSuspended:
      return settled(seen, mended(seen, std::move(plan), *training), "RetrainSuspended",
                     fmt::format("TrainingJob {} is suspended; set its spec.suspend to false to go on", name));
    default:
      return settled(seen, mended(seen, std::move(plan), *training), "Retraining",
                     fmt::format("TrainingJob {} is running", name));
  }
}

MonitorPlan create(const Observed& seen, MonitorPlan plan, const Pinned& pinned) {
  const Result<TrainingJob> training = make_training_job(*seen.monitor, *plan.status.episode, pinned);
  if (!training)
    return pending(seen, std::move(plan), "InvalidTrainingJob", "retrain.trainingJob: " + training.error().message);
  Child wanted = child(*training);
  wanted.object.erase("status");
  plan.applies.push_back(std::move(wanted));
  return pending(seen, std::move(plan), "Creating",
                 fmt::format("TrainingJob {} is being created", training->metadata.name));
}

// The older the drift, the less often labels are counted.
Duration look_interval(const Observed& seen, const Episode& episode) {
  return std::clamp<Duration>((seen.now - episode.start) / 10, std::chrono::seconds(10), std::chrono::minutes(10));
}

// A look that has ended makes room for the next one when its time has come.
MonitorPlan next_look(const Observed& seen, MonitorPlan plan, const Snapshot& snapshot) {
  const Time due = snapshot.finished + look_interval(seen, *plan.status.episode);
  if (due > seen.now) return look_again(std::move(plan), due - seen.now);
  if (!snapshot.job->metadata.deletion_timestamp) plan.deletions.push_back(deletion(*snapshot.job));
  return plan;
}

MonitorPlan wait_for_rows(const Observed& seen, MonitorPlan plan) {
  const RetrainDataset& dataset = *seen.monitor->spec.retrain->dataset;
  const Episode& episode = *plan.status.episode;
  std::string message =
      fmt::format("{} of the {} labelled rows wanted are newer than {}; append rows to {}", episode.rows_after_onset,
                  dataset.after_onset, format_time(episode.start), dataset.uri);
  return pending(seen, std::move(plan), "WaitingForLabels", std::move(message));
}

MonitorPlan train_on_snapshot(const Observed& seen, MonitorPlan plan) {
  const std::string name = snapshot_name(*seen.monitor, plan.status.episode->trigger);
  const Snapshot snapshot = snapshot_of(seen, name);
  switch (snapshot.state) {
    case SnapshotState::kForeign:
      return name_taken(seen, std::move(plan), "Job", name);
    case SnapshotState::kAbsent:
      plan.applies.push_back(child(make_snapshot_job(*seen.monitor, *plan.status.episode, seen.options)));
      return wait_for_rows(seen, std::move(plan));
    case SnapshotState::kRunning:
      plan = put_right(std::move(plan), *snapshot.job,
                       make_snapshot_job(*seen.monitor, *plan.status.episode, seen.options).spec);
      if (!snapshot.trouble.empty()) return pending(seen, std::move(plan), "SnapshotPending", snapshot.trouble);
      return wait_for_rows(seen, std::move(plan));
    case SnapshotState::kUnread:
      return look_again(wait_for_rows(seen, std::move(plan)), std::chrono::seconds(2));
    case SnapshotState::kTooFew:
      plan.status.episode->rows_after_onset = snapshot.message.rows_after;
      return next_look(seen, wait_for_rows(seen, std::move(plan)), snapshot);
    case SnapshotState::kFailed:
      plan = pending(seen, std::move(plan), "SnapshotFailed",
                     fmt::format("the labelled rows could not be read: {}", snapshot.trouble));
      return next_look(seen, std::move(plan), snapshot);
    case SnapshotState::kTaken:
      break;
  }
  plan.status.episode->rows_after_onset = snapshot.message.rows_after;
  std::string uri = snapshot.message.uri;
  if (uri.empty()) uri = snapshot_uri(*seen.monitor, *plan.status.episode);
  return create(seen, std::move(plan), {std::move(uri), snapshot.message.digest});
}

MonitorPlan answer(const Observed& seen, MonitorPlan plan) {
  const std::string name = retrain_name(*seen.monitor, plan.status.episode->trigger);
  if (!plan.status.episode->training_job.empty()) return report(seen, std::move(plan));
  if (const TrainingJob* training = find_training(seen, name)) {
    if (!is_controlled_by(training->metadata, seen.monitor->metadata.uid))
      return name_taken(seen, std::move(plan), "TrainingJob", name);
    return report(seen, adopt(seen, std::move(plan), *training));
  }
  if (seen.monitor->spec.suspend || is_paused(seen.monitor->metadata))
    return pending(seen, std::move(plan), "Suspended", "nothing is created until the monitor is resumed");
  const Retrain& retrain = *seen.monitor->spec.retrain;
  if (plan.status.last_retrain && *plan.status.last_retrain + retrain.cooldown > seen.now) {
    const Time until = *plan.status.last_retrain + retrain.cooldown;
    plan = look_again(std::move(plan), until - seen.now);
    return pending(seen, std::move(plan), "Cooldown", fmt::format("no retraining before {}", format_time(until)));
  }
  return retrain.dataset ? train_on_snapshot(seen, std::move(plan)) : create(seen, std::move(plan), {});
}

bool waits_for_name(const DriftMonitorStatus& status) {
  const Condition* found = find_condition(status.conditions, kRetrainPending);
  return found && found->reason == kNameTaken;
}

}  // namespace

MonitorPlan with_retrain(const Observed& seen, MonitorPlan plan) {
  if (!seen.monitor->spec.retrain)
    remove_condition(plan.status.conditions, kRetrainPending);
  else if (!plan.status.episode)
    plan = settled(seen, std::move(plan), "NoDrift", "there is no drift to answer");
  else
    plan = answer(seen, std::move(plan));
  const Condition* stalled = find_condition(plan.status.conditions, kStalled);
  if (stalled && stalled->reason == kNameTaken && !waits_for_name(plan.status))
    remove_condition(plan.status.conditions, kStalled);
  return plan;
}

MonitorPlan with_tidy_jobs(const Observed& seen, MonitorPlan plan) {
  const auto& episode = plan.status.episode;
  const bool waits = episode && episode->training_job.empty() && seen.monitor->spec.retrain;
  const std::string awaited = waits ? snapshot_name(*seen.monitor, episode->trigger) : "";
  for (const auto& job : seen.jobs) {
    const bool ours = is_controlled_by(job->metadata, seen.monitor->metadata.uid);
    if (ours && !job->metadata.deletion_timestamp && job->metadata.name != awaited)
      plan.deletions.push_back(deletion(*job));
  }
  return plan;
}

}  // namespace gyre::drift_monitor
