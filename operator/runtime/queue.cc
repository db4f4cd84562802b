#include "operator/runtime/queue.h"

#include <algorithm>
#include <random>

namespace gyre::runtime {
namespace {

const std::vector<double> kBounds = {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Spread over ±20 %, so that what failed together does not come back together.
Duration jittered(Duration delay) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> factor(0.8, 1.2);
  return Duration(static_cast<Duration::rep>(static_cast<double>(delay.count()) * factor(random)));
}

}  // namespace

Queue::Queue(std::string name, const Clock& clock, Metrics& metrics, QueueTiming timing)
    : name_(std::move(name)),
      clock_(clock),
      metrics_(metrics),
      timing_(timing),
      labels_{{"name", name_}, {"controller", name_}} {
  metrics_.declare_gauge("workqueue_depth", "Current depth of workqueue by workqueue and priority");
  metrics_.declare_counter("workqueue_adds_total", "Total number of adds handled by workqueue");
  metrics_.declare_counter("workqueue_retries_total",
                           "Total number of items added to the workqueue with a non-zero delay (backoff after a "
                           "failure, or a reconcile that asked to look again)");
  metrics_.declare_histogram("workqueue_queue_duration_seconds",
                             "How long in seconds an item stays in workqueue before being requested", kBounds);
  metrics_.declare_histogram("workqueue_work_duration_seconds",
                             "How long in seconds processing an item from workqueue takes.", kBounds);
  metrics_.declare_gauge("workqueue_unfinished_work_seconds",
                         "How many seconds of work is in progress and not yet in work_duration. Large values mean "
                         "stuck workers; the rate at which it grows is their number.");
  metrics_.declare_gauge("workqueue_longest_running_processor_seconds",
                         "How many seconds has the longest running processor for workqueue been running.");
  metrics_.add("workqueue_adds_total", labels_, 0);
  metrics_.add("workqueue_retries_total", labels_, 0);
  metrics_.before_text([this] { report(); });
}

void Queue::add(const Key& key, Priority priority) {
  const std::lock_guard lock(mutex_);
  if (held_.contains(key)) {
    Priority& wanted = dirty_.try_emplace(key, Wait{priority, clock_.now()}).first->second.priority;
    wanted = std::max(wanted, priority);
  } else {
    make_ready_when_allowed(key, {priority, clock_.now()});
    waiting_.call_one();
  }
}

void Queue::add_after(const Key& key, Duration delay) {
  const std::lock_guard lock(mutex_);
  make_due(key, delay, Priority::kNormal);
}

Duration Queue::add_with_backoff(const Key& key, Duration at_least) {
  const std::lock_guard lock(mutex_);
  Duration delay = timing_.first_backoff;
  const int failures = failures_[key]++;
  for (int i = 0; i < failures && delay < timing_.longest_backoff; ++i) delay *= 2;
  delay = std::max(jittered(std::min(delay, timing_.longest_backoff)), at_least);
  const auto held = held_.find(key);
  if (at_least > Duration(0)) not_before_[key] = clock_.now() + at_least;
  make_due(key, delay, held == held_.end() ? Priority::kNormal : held->second.priority);
  return delay;
}

void Queue::forget(const Key& key) {
  const std::lock_guard lock(mutex_);
  failures_.erase(key);
}

std::optional<Key> Queue::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    promote_due();
    if (auto key = pop()) {
      leave_a_sentry();
      return key;
    }
    waiting_.wait(lock, stop, until_next());
  }
  return std::nullopt;
}

// Somebody must be awake when the next key is due.
void Queue::leave_a_sentry() {
  if (const auto wait = until_next(); wait && !waiting_.has_sentry(*wait)) waiting_.call_one();
}

void Queue::done(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(key);
  if (held == held_.end()) return;
  metrics_.observe("workqueue_work_duration_seconds", labels_, seconds(clock_.now() - held->second.since));
  held_.erase(held);
  const auto dirty = dirty_.find(key);
  if (dirty == dirty_.end()) return;
  make_ready_when_allowed(key, dirty->second);
  dirty_.erase(dirty);
}

void Queue::clear() {
  const std::lock_guard lock(mutex_);
  line_.clear();
  ready_.clear();
  dirty_.clear();
  due_line_.clear();
  due_.clear();
  not_before_.clear();
  failures_.clear();
}

std::size_t Queue::size() const {
  const std::lock_guard lock(mutex_);
  return ready_.size();
}

void Queue::make_ready(const Key& key, Wait wait) {
  const auto [entry, fresh] = ready_.try_emplace(key, Ready{wait.priority, clock_.now(), next_order_, wait.since});
  if (fresh) {
    ++next_order_;
    metrics_.add("workqueue_adds_total", labels_);
  } else {
    if (entry->second.priority >= wait.priority) return;
    line_.erase(place_of(entry->first, entry->second));
    entry->second.priority = wait.priority;
  }
  line_.insert(place_of(entry->first, entry->second));
}

void Queue::make_ready_when_allowed(const Key& key, Wait wait) {
  if (not_before_.contains(key))
    make_due(key, Duration(0), wait.priority);
  else
    make_ready(key, wait);
}

void Queue::make_due(const Key& key, Duration delay, Priority priority) {
  metrics_.add("workqueue_retries_total", labels_);
  const auto held_back = not_before_.find(key);
  const Time earliest = held_back == not_before_.end() ? Time::min() : held_back->second;
  const Due wanted{priority, std::max(clock_.now() + std::max(delay, Duration(0)), earliest)};
  const auto [entry, fresh] = due_.try_emplace(key, wanted);
  Due& due = entry->second;
  if (!fresh) {
    due.priority = std::max(due.priority, priority);
    if (due.at <= wanted.at && due.at >= earliest) return;
    due_line_.erase({due.at, &entry->first});
    due.at = wanted.at;
  }
  due_line_.insert({due.at, &entry->first});
  leave_a_sentry();
}

// Its caller takes the first of them.
void Queue::promote_due() {
  const Time now = clock_.now();
  const std::size_t before = line_.size();
  while (!due_line_.empty() && due_line_.begin()->first <= now) {
    const auto due = due_.find(*due_line_.begin()->second);
    due_line_.erase(due_line_.begin());
    const auto entry = due_.extract(due);
    not_before_.erase(entry.key());
    const Wait wait{entry.mapped().priority, now};
    if (held_.contains(entry.key()))
      dirty_.try_emplace(entry.key(), wait);
    else
      make_ready(entry.key(), wait);
  }
  for (std::size_t more = line_.size(); more > before + 1; --more) waiting_.call_one();
}

std::optional<Key> Queue::pop() {
  if (line_.empty()) return std::nullopt;
  const auto ready = ready_.find(*std::get<const Key*>(*line_.begin()));
  line_.erase(line_.begin());
  const auto entry = ready_.extract(ready);
  const Time now = clock_.now();
  metrics_.observe("workqueue_queue_duration_seconds", labels_, seconds(now - entry.mapped().added));
  held_[entry.key()] = {entry.mapped().priority, now};
  return entry.key();
}

// How long a worker may sleep.
std::optional<Duration> Queue::until_next() const {
  if (due_line_.empty()) return std::nullopt;
  return std::clamp<Duration>(due_line_.begin()->first - clock_.now(), Duration(1), std::chrono::seconds(10));
}

Queue::Place Queue::place_of(const Key& key, const Ready& ready) const {
  const Duration handicap = ready.priority == Priority::kNormal ? Duration(0) : timing_.patience;
  return {ready.since + handicap, ready.order, &key};
}

void Queue::report() {
  const std::lock_guard lock(mutex_);
  std::map<Priority, int> depth = {{Priority::kLow, 0}, {Priority::kNormal, 0}};
  for (const auto& [key, ready] : ready_) ++depth[ready.priority];
  for (const auto& [priority, keys] : depth) {
    Labels labels = labels_;
    labels.emplace_back("priority", std::to_string(static_cast<int>(priority)));
    metrics_.set("workqueue_depth", labels, keys);
  }
  const Time now = clock_.now();
  double total = 0, longest = 0;
  for (const auto& [key, held] : held_) {
    total += seconds(now - held.since);
    longest = std::max(longest, seconds(now - held.since));
  }
  metrics_.set("workqueue_unfinished_work_seconds", labels_, total);
  metrics_.set("workqueue_longest_running_processor_seconds", labels_, longest);
}

}  // namespace gyre::runtime
