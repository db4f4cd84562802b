#include "operator/runtime/queue.h"

#include <algorithm>
#include <random>

namespace gyre::runtime {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Spread over ±20 %, so that what failed together does not come back together.
Duration jittered(Duration delay) {
  thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> factor(0.8, 1.2);
  return Duration(static_cast<Duration::rep>(static_cast<double>(delay.count()) * factor(random)));
}

}  // namespace

Queue::Queue(std::string name, const Clock& clock, Metrics& metrics, Backoff backoff)
    : name_(std::move(name)), clock_(clock), metrics_(metrics), backoff_(backoff), labels_{{"name", name_}} {
  metrics_.declare_gauge("workqueue_depth", "Current depth of workqueue.");
  metrics_.declare_counter("workqueue_adds_total", "Total number of adds handled by workqueue.");
  metrics_.declare_counter("workqueue_retries_total", "Total number of retries handled by workqueue.");
  metrics_.declare_histogram("workqueue_queue_duration_seconds",
                             "How long in seconds an item stays in workqueue before being requested.",
                             {0.001, 0.01, 0.1, 1, 10, 60});
  metrics_.declare_histogram("workqueue_work_duration_seconds",
                             "How long in seconds processing an item from workqueue takes.",
                             {0.001, 0.01, 0.1, 1, 10, 60});
  report_depth();
}

void Queue::add(const Key& key, Priority priority) {
  const std::lock_guard lock(mutex_);
  metrics_.add("workqueue_adds_total", labels_);
  if (held_.contains(key)) {
    Priority& wanted = dirty_.try_emplace(key, priority).first->second;
    wanted = std::max(wanted, priority);
  } else {
    make_ready(key, priority);
  }
}

void Queue::add_after(const Key& key, Duration delay) {
  const std::lock_guard lock(mutex_);
  const Time due = clock_.now() + std::max(delay, Duration(0));
  const auto [wish, fresh] = due_.try_emplace(key, due);
  if (!fresh) {
    if (wish->second <= due) return;
    due_line_.erase({wish->second, key});
    wish->second = due;
  }
  due_line_.insert({due, key});
  changed_.notify_one();
}

Duration Queue::add_with_backoff(const Key& key, Duration at_least) {
  Duration delay = backoff_.first;
  {
    const std::lock_guard lock(mutex_);
    metrics_.add("workqueue_retries_total", labels_);
    const int failures = failures_[key]++;
    for (int i = 0; i < failures && delay < backoff_.longest; ++i) delay *= 2;
  }
  delay = std::max(jittered(std::min(delay, backoff_.longest)), at_least);
  add_after(key, delay);
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
    if (auto key = pop()) return key;
    if (const auto wait = until_next()) {
      // A wish for an earlier time ends the wait too.
      const Time next = due_line_.begin()->first;
      changed_.wait_for(lock, stop, *wait, [this, next] {
        return !ready_.empty() || (!due_line_.empty() && due_line_.begin()->first < next);
      });
    } else {
      changed_.wait(lock, stop, [this] { return !ready_.empty() || !due_.empty(); });
    }
  }
  return std::nullopt;
}

void Queue::done(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(key);
  if (held == held_.end()) return;
  metrics_.observe("workqueue_work_duration_seconds", labels_, seconds(clock_.now() - held->second));
  held_.erase(held);
  const auto dirty = dirty_.find(key);
  if (dirty == dirty_.end()) return;
  make_ready(key, dirty->second);
  dirty_.erase(dirty);
}

void Queue::clear() {
  const std::lock_guard lock(mutex_);
  ready_.clear();
  line_.clear();
  dirty_.clear();
  due_.clear();
  due_line_.clear();
  failures_.clear();
  report_depth();
}

std::size_t Queue::size() const {
  const std::lock_guard lock(mutex_);
  return ready_.size();
}

void Queue::make_ready(const Key& key, Priority priority) {
  const auto place = [](const Ready& ready) { return std::pair(-static_cast<int>(ready.priority), ready.order); };
  const auto [entry, fresh] = ready_.try_emplace(key, Ready{priority, next_order_, clock_.now()});
  if (fresh) {
    ++next_order_;
  } else {
    if (entry->second.priority >= priority) return;
    line_.erase({place(entry->second), key});
    entry->second.priority = priority;
  }
  line_.insert({place(entry->second), key});
  report_depth();
  changed_.notify_one();
}

void Queue::promote_due() {
  const Time now = clock_.now();
  while (!due_line_.empty() && due_line_.begin()->first <= now) {
    const Key key = due_line_.begin()->second;
    due_line_.erase(due_line_.begin());
    due_.erase(key);
    if (held_.contains(key))
      dirty_.try_emplace(key, Priority::kNormal);
    else
      make_ready(key, Priority::kNormal);
  }
}

std::optional<Key> Queue::pop() {
  if (line_.empty()) return std::nullopt;
  const Key key = line_.begin()->second;
  line_.erase(line_.begin());
  const auto ready = ready_.find(key);
  const Time now = clock_.now();
  metrics_.observe("workqueue_queue_duration_seconds", labels_, seconds(now - ready->second.since));
  ready_.erase(ready);
  held_[key] = now;
  report_depth();
  return key;
}

// How long a worker may sleep. Bounded, so that a clock set by hand is noticed.
std::optional<Duration> Queue::until_next() const {
  if (due_line_.empty()) return std::nullopt;
  return std::clamp<Duration>(due_line_.begin()->first - clock_.now(), Duration(1), std::chrono::seconds(10));
}

void Queue::report_depth() { metrics_.set("workqueue_depth", labels_, static_cast<double>(ready_.size())); }

}  // namespace gyre::runtime
