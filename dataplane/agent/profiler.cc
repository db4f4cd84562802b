#include "dataplane/agent/profiler.h"

#include "dataplane/agent/log.h"

namespace gyre::agent {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(200);

std::int64_t bytes_of(const Exchange& exchange) { return exchange.request.size() + exchange.response.size(); }

std::int64_t to_seconds(Time time) { return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(); }

}  // namespace

Result<std::unique_ptr<Profiler>> Profiler::make(const wire::Baseline& baseline, protocol::Mapping mapping,
                                                 BucketStore& store, Metrics& metrics, const Clock& clock) {
  Result<ProfileCounts> features = ProfileCounts::make(baseline.features);
  if (!features) return fail(with_context(std::move(features).error(), "features"));
  Result<ProfileCounts> predictions = ProfileCounts::make(baseline.predictions);
  if (!predictions) return fail(with_context(std::move(predictions).error(), "predictions"));
  return std::unique_ptr<Profiler>(
      new Profiler(*std::move(features), *std::move(predictions), std::move(mapping), store, metrics, clock));
}

Profiler::Profiler(ProfileCounts features, ProfileCounts predictions, protocol::Mapping mapping, BucketStore& store,
                   Metrics& metrics, const Clock& clock)
    : features_(std::move(features)),
      predictions_(std::move(predictions)),
      mapping_(std::move(mapping)),
      store_(store),
      metrics_(metrics),
      clock_(clock),
      thread_([this](std::stop_token stop) { run(stop); }) {}

Profiler::~Profiler() {
  thread_.request_stop();
  thread_.join();
}

void Profiler::set_bucket_seconds(std::int64_t seconds) { bucket_seconds_.store(seconds); }

void Profiler::offer(Exchange exchange) {
  const std::size_t bytes = bytes_of(exchange);
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= kMostQueued || queued_bytes_ + bytes > kMostQueuedBytes) {
      ++metrics_.dropped;
      return;
    }
    queued_bytes_ += bytes;
    queue_.push_back(std::move(exchange));
  }
  queued_.notify_one();
}

std::optional<Exchange> Profiler::next(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  queued_.wait_for(lock, stop, kTick, [this] { return !queue_.empty(); });
  if (queue_.empty()) return std::nullopt;
  Exchange exchange = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= bytes_of(exchange);
  return exchange;
}

void Profiler::run(std::stop_token stop) {
  while (true) {
    const std::optional<Exchange> exchange = next(stop);
    if (exchange) count(*exchange);
    if (!exchange && stop.stop_requested()) return close();
    close_when_due(clock_.now());
  }
}

void Profiler::count(const Exchange& exchange) {
  if (!is_wanted()) return;
  const auto features = protocol::parse_request(mapping_, features_.names(), exchange.request);
  const auto predictions = protocol::parse_response(mapping_, predictions_.names(), exchange.response);
  if (!features || !predictions) {
    ++metrics_.unreadable;
    return;
  }
  if (features->empty()) return;
  open_for(exchange.at);
  features_.count(*features);
  predictions_.count(*predictions);
  open_.rows += static_cast<std::int64_t>(features->size());
  metrics_.rows += static_cast<std::int64_t>(features->size());
}

void Profiler::open_for(Time at) {
  const std::int64_t length = bucket_seconds_.load();
  const std::int64_t start = to_seconds(at) / length * length;
  // An exchange that waited in the queue past its bucket's end counts into the open one.
  if (open_.rows > 0 && (start > open_.start || length != open_.seconds)) close();
  if (open_.rows > 0) return;
  open_.start = start;
  open_.seconds = length;
}

void Profiler::close_when_due(Time now) {
  if (open_.rows == 0) return;
  if (!is_wanted() || to_seconds(now) >= open_.start + open_.seconds) close();
}

void Profiler::close() {
  if (open_.rows == 0) return;
  open_.features = features_.take();
  open_.predictions = predictions_.take();
  const Result<std::size_t> lost = store_.add(std::move(open_));
  open_ = {};
  if (!lost) {
    ++metrics_.buckets_lost;
    log(Level::kError, "lost a profile bucket: " + lost.error().message);
    return;
  }
  metrics_.buckets_lost += static_cast<std::int64_t>(*lost);
}

}  // namespace gyre::agent
