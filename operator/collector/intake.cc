#include "operator/collector/intake.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "operator/collector/api_failure.h"
#include "operator/runtime/log.h"

namespace gyre::collector {
namespace {

constexpr char kBuckets[] = "gyre_collector_buckets_total";
constexpr char kRows[] = "gyre_collector_rows_total";
constexpr char kDropped[] = "gyre_collector_buckets_dropped_total";
constexpr char kNoMonitor[] = "NoMonitor";
constexpr char kOtherBins[] = "OtherBins";
constexpr char kRefused[] = "Refused";
constexpr char kMisaligned[] = "Misaligned";
constexpr char kExpired[] = "Expired";
constexpr char kAcknowledged[] = "acknowledged";
constexpr char kNotPersisted[] = "not_persisted";
// Windows that ended longer ago are not kept in memory.
constexpr Duration kLinger = std::chrono::minutes(2);

const char* reason_of(Placement placement) { return placement == Placement::kMisaligned ? kMisaligned : kExpired; }

}  // namespace

// What goes into one window, and whose it is.
struct Intake::Work {
  struct Part {
    std::size_t submission = 0;
    std::int64_t sequence = 0;
  };
  Slot slot;
  std::vector<Arrival> arrivals;
  std::vector<Part> parts;  // Beside arrivals.
};

// Which sequences of each submission are not persisted, and why.
struct Intake::Outcome {
  std::vector<std::set<std::int64_t>> failed;
  std::string why;
};

Intake::Intake(runtime::Api& api, const Clock& clock, runtime::Metrics& metrics, Find find, OnChange on_change,
               Tell tell, Duration gather)
    : clock_(clock),
      metrics_(metrics),
      find_(std::move(find)),
      on_change_(std::move(on_change)),
      tell_(std::move(tell)),
      gather_(gather),
      store_(api) {
  metrics_.declare_counter(kBuckets, "Buckets that agents handed over, by whether they were acknowledged.");
  for (const char* result : {kAcknowledged, kNotPersisted}) metrics_.add(kBuckets, {{"result", result}}, 0);
  metrics_.declare_counter(kRows, "Rows in buckets that agents handed over and that were acknowledged.");
  metrics_.declare_counter(kDropped, "Buckets that were acknowledged but that no window could take, by reason.");
  for (const char* reason : {kNoMonitor, kOtherBins, kRefused, kMisaligned, kExpired})
    metrics_.add(kDropped, {{"reason", reason}}, 0);
}

Result<wire::BucketsResponse> Intake::submit(const Key& service, const std::string& pod_uid,
                                             wire::BucketsRequest request) {
  std::ranges::sort(request.buckets, {}, &wire::Bucket::sequence);
  Submission submission{service,
                        {pod_uid, std::move(request.model_version), std::move(request.baseline_digest)},
                        std::move(request.buckets),
                        {}};
  auto answer = submission.answer.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (!open_) return fail(Code::kCancelled, "NotLeading", "this replica does not lead; try again");
    if (submission.buckets.empty()) return wire::BucketsResponse{};
    pending_.push_back(std::move(submission));
  }
  added_.notify_all();
  return answer.get();
}

void Intake::run(std::stop_token stop) {
  {
    const std::lock_guard lock(mutex_);
    open_ = true;
  }
  // Another replica may have written since our last term.
  store_.forget_all();
  while (!stop.stop_requested()) {
    auto batch = wait_for_some(stop);
    // A batch that the stop cut short is not acknowledged: the next leader gets it.
    if (!stop.stop_requested()) {
      flush(std::move(batch));
    } else {
      const std::lock_guard lock(mutex_);
      std::ranges::move(batch, std::back_inserter(pending_));
    }
  }
  close();
}

std::vector<Intake::Submission> Intake::wait_for_some(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  added_.wait(lock, stop, [this] { return !pending_.empty(); });
  added_.wait_for(lock, stop, gather_, [] { return false; });
  return std::exchange(pending_, {});
}

void Intake::close() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  for (Submission& each : pending_)
    each.answer.set_value(fail(Code::kCancelled, "NotLeading", "this replica stops leading; try again"));
  pending_.clear();
}

std::map<Key, Intake::Work> Intake::sort(const std::vector<Submission>& batch) {
  std::map<Key, Work> works;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Monitors monitors = find_(batch[i].service);
    if (monitors.empty()) drop(kNoMonitor, static_cast<int>(batch[i].buckets.size()), batch[i].service);
    for (const auto& monitor : monitors)
      for (const wire::Bucket& bucket : batch[i].buckets) {
        const Placement placement = placement_of(*monitor, bucket, clock_.now());
        if (placement != Placement::kFits) {
          drop(reason_of(placement), 1, batch[i].service);
          continue;
        }
        Slot slot = slot_for(monitor, batch[i].origin, bucket);
        Work& work = works[slot.key];
        if (work.arrivals.empty()) work.slot = std::move(slot);
        work.arrivals.push_back({batch[i].origin.pod_uid, &bucket});
        work.parts.push_back({i, bucket.sequence});
      }
  }
  return works;
}

void Intake::flush(std::vector<Submission> batch) {
  Outcome outcome;
  outcome.failed.resize(batch.size());
  for (const auto& [key, work] : sort(batch)) {
    const Result<int> mismatched = store_.add(work.slot, work.arrivals);
    const Key& service = batch[work.parts.front().submission].service;
    if (mismatched) {
      if (*mismatched > 0) drop(kOtherBins, *mismatched, service);
      continue;
    }
    tell(work, mismatched.error());
    if (mismatched.error().code == Code::kInvalid) {
      // It would be refused for ever; the agent must not keep it for ever.
      drop(kRefused, static_cast<int>(work.arrivals.size()), service);
      log::error("Window refused by the API server", {{"window", key.text()}, {"error", mismatched.error().message}});
    } else {
      outcome.why = mismatched.error().message;
      log::warn("Window not persisted, agents will try again", {{"window", key.text()}, {"error", outcome.why}});
      for (const Work::Part& part : work.parts) outcome.failed[part.submission].insert(part.sequence);
    }
  }
  store_.forget_before(clock_.now() - kLinger);
  answer(std::move(batch), outcome);
}

void Intake::answer(std::vector<Submission> batch, const Outcome& outcome) {
  std::set<Key> changed;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    wire::BucketsResponse response;
    for (const wire::Bucket& bucket : batch[i].buckets) {
      const bool failed = outcome.failed[i].contains(bucket.sequence);
      metrics_.add(kBuckets, {{"result", failed ? kNotPersisted : kAcknowledged}});
      if (failed) continue;
      response.acknowledged.push_back(bucket.sequence);
      metrics_.add(kRows, {{"namespace", batch[i].service.namespace_}}, static_cast<double>(bucket.rows));
    }
    if (response.acknowledged.empty() && !outcome.failed[i].empty()) {
      batch[i].answer.set_value(fail(Code::kUnavailable, "NotPersisted", outcome.why));
      continue;
    }
    changed.insert(batch[i].service);
    batch[i].answer.set_value(std::move(response));
  }
  for (const Key& service : changed) on_change_(service);
}

void Intake::tell(const Work& work, const Error& error) {
  if (may_pass(error)) return;
  const bool is_lost = error.code == Code::kInvalid;
  tell_(*work.slot.monitor,
        {EventType::kWarning, is_lost ? "WindowRefused" : "WindowNotPersisted", "PersistWindow",
         fmt::format("{}: {}", is_lost ? "Rows of a window are lost" : "Agents keep the rows of a window and try again",
                     error.message)});
}

void Intake::drop(const char* reason, int count, const Key& service) {
  metrics_.add(kDropped, {{"reason", reason}}, count);
  log::warn("Buckets dropped", {{"service", service.text()}, {"reason", reason}, {"buckets", std::to_string(count)}});
}

}  // namespace gyre::collector
