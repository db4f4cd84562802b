#include "operator/runtime/controller.h"

#include "operator/base/caught.h"
#include "operator/base/check.h"
#include "operator/runtime/log.h"
#include "operator/runtime/write_notes.h"
#include "operator/trace/span.h"

namespace gyre::runtime {
namespace {

constexpr Duration kSlowRetry = std::chrono::minutes(3);
// What was refused is not sent again while that is remembered.
constexpr Duration kLongRetry = kNotesStand + std::chrono::minutes(1);
// Conflicts are over soon; who still meets one after so many waits has another trouble.
constexpr Duration kLongForSoon = std::chrono::seconds(10);

constexpr char kErrors[] = "controller_runtime_reconcile_errors_total";
constexpr char kTerminalErrors[] = "controller_runtime_terminal_reconcile_errors_total";
constexpr char kPanics[] = "controller_runtime_reconcile_panics_total";

std::string_view result_label(const Result<Next>& result) {
  if (result) return result->after ? "requeue_after" : "success";
  return fate_of(result.error()) == Fate::kSoon ? "requeue" : "error";
}

void describe(trace::Span& span, const std::string& controller, const Key& key, const Result<Next>& result) {
  span.set("gyre.controller", controller);
  span.set("k8s.namespace.name", key.namespace_);
  span.set("gyre.object", key.name);
  span.set("gyre.result", std::string(result_label(result)));
  if (result || fate_of(result.error()) == Fate::kSoon) return;
  span.set("error.type", result.error().reason);
  span.fail(result.error().message);
}

}  // namespace

Controller::Controller(std::string name, std::unique_ptr<Reconciler> reconciler, int workers, Cache& cache,
                       const Clock& clock, Metrics& metrics)
    : name_(std::move(name)),
      reconciler_(std::move(reconciler)),
      workers_(workers),
      cache_(cache),
      metrics_(metrics),
      queue_(name_, clock, metrics) {
  CHECK(workers_ > 0);
  declare_metrics();
}

// Names and meanings are controller-runtime's, so that its dashboards and alerts fit.
void Controller::declare_metrics() {
  const Labels ours = {{"controller", name_}};
  metrics_.declare_counter("controller_runtime_reconcile_total", "Total number of reconciliations per controller");
  for (const char* result : {"success", "error", "requeue", "requeue_after"})
    metrics_.add("controller_runtime_reconcile_total", {{"controller", name_}, {"result", result}}, 0);
  const auto declare_counter = [&](const char* name, const char* help) {
    metrics_.declare_counter(name, help);
    metrics_.add(name, ours, 0);
  };
  declare_counter(kErrors, "Total number of reconciliation errors per controller");
  declare_counter(kTerminalErrors, "Total number of reconciliation errors that only a change of the object mends");
  declare_counter(kPanics, "Total number of bugs met while reconciling per controller");
  metrics_.declare_histogram("controller_runtime_reconcile_time_seconds",
                             "Length of time per reconciliation per controller",
                             {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60});
  metrics_.declare_gauge("controller_runtime_max_concurrent_reconciles",
                         "Maximum number of concurrent reconciles per controller");
  metrics_.set("controller_runtime_max_concurrent_reconciles", ours, workers_);
  metrics_.declare_gauge("controller_runtime_active_workers", "Number of currently used workers per controller");
  metrics_.before_text([this, ours] { metrics_.set("controller_runtime_active_workers", ours, working_); });
}

void Controller::wake(const Key& key) {
  if (active_) queue_.add(key);
}

void Controller::wake_all_of(const std::string& namespace_) {
  for (const Key& key : primary_->keys())
    if (key.namespace_ == namespace_) wake(key);
}

void Controller::wake_owners(const Change& change) {
  if (!active_) return;
  if (!change.keeps_owner()) wake_owner(change.outline_before());
  wake_owner(change.outline_after());
}

void Controller::wake_owner(const Object& child) {
  if (!child) return;
  const OwnerReference* owner = controller_of(*child.meta);
  if (owner && owner->kind == kind_.kind && owner->api_version == kind_.api_version())
    wake(Key{child.meta->namespace_, owner->name});
}

void Controller::run(std::stop_token stop) {
  CHECK(primary_ != nullptr);
  active_ = true;
  for (const Key& key : primary_->keys()) queue_.add(key, Priority::kLow);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < workers_; ++i) threads.emplace_back([this, stop] { work(stop); });
  }
  active_ = false;
  queue_.clear();
}

void Controller::work(std::stop_token stop) {
  while (const std::optional<Key> key = queue_.take(stop)) {
    ++working_;
    reconcile_one(*key);
    --working_;
    queue_.done(*key);
  }
}

void Controller::reconcile_one(const Key& key) {
  if (may_act_ && !may_act_(key.namespace_)) return;
  trace::Span span = trace::root("reconcile", name_);
  const auto started = std::chrono::steady_clock::now();
  const Result<Next> result = caught([&] { return reconciler_->reconcile(key); });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  metrics_.observe("controller_runtime_reconcile_time_seconds", {{"controller", name_}}, took.count());
  metrics_.add("controller_runtime_reconcile_total",
               {{"controller", name_}, {"result", std::string(result_label(result))}});
  if (span.is_recording()) describe(span, name_, key, result);
  settle(key, result);
}

void Controller::settle(const Key& key, const Result<Next>& result) {
  if (!result) return settle_error(key, result.error());
  queue_.forget(key);
  if (result->after) queue_.add_after(key, *result->after);
}

Duration Controller::look_again(const Key& key, Fate fate, Duration asked) {
  switch (fate) {
    case Fate::kSoon:
    case Fate::kRetry:
    case Fate::kBug:
      return queue_.add_with_backoff(key, asked);
    case Fate::kSlowly: {
      const Duration delay = asked > Duration::zero() ? asked : kSlowRetry;
      queue_.add_after(key, delay);
      return delay;
    }
    case Fate::kWait:
      queue_.forget(key);
      queue_.add_after(key, kLongRetry);
      return kLongRetry;
    case Fate::kStopped:
      break;
  }
  return Duration::zero();
}

void Controller::settle_error(const Key& key, const Error& error) {
  const Fate fate = fate_of(error);
  const Duration asked(static_cast<Duration::rep>(error.retry_after_seconds.value_or(0) * 1000));
  const Duration delay = look_again(key, fate, asked);
  const log::Fields fields = {
      {"controller", name_}, {"object", key.text()}, {"error", error.message}, {"retryIn", format_duration(delay)}};
  if (fate != Fate::kSoon && fate != Fate::kStopped) metrics_.add(kErrors, {{"controller", name_}});
  switch (fate) {
    case Fate::kSoon:
      if (delay < kLongForSoon) return log::debug("Somebody wrote first; looking again", fields);
      return log::warn("Somebody wrote first, or is in the way, again and again; looking again", fields);
    case Fate::kRetry:
      return log::warn("Reconcile failed; will retry", fields);
    case Fate::kSlowly:
      return log::error("A permission is missing, or somebody else is in the way; will retry slowly", fields);
    case Fate::kWait:
      metrics_.add(kTerminalErrors, {{"controller", name_}});
      return log::warn("The object cannot be acted on until it, or what refuses it, is changed", fields);
    case Fate::kStopped:
      return;
    case Fate::kBug:
      metrics_.add(kPanics, {{"controller", name_}});
      return log::error("Reconcile met a bug; will retry", fields);
  }
}

}  // namespace gyre::runtime
