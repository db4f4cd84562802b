#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>

#include "operator/trace/settings.h"
#include "operator/trace/span.h"

namespace gyre::trace {

// What became of spans.
enum class Outcome {
  kExported,
  kQueueFull,  // More came than could be sent.
  kFailed,     // The receiver refused them, or could not be reached for as long as they could wait.
};
std::string_view to_string(Outcome outcome);

// Sends spans in batches, on a thread of its own; whoever records one never waits. While it lives it is the recorder.
class Exporter final : public Recorder {
 public:
  using Count = std::function<void(Outcome outcome, std::int64_t spans)>;
  using Warn = std::function<void(const Error& error)>;

  // `count` and `warn` may be called from any thread.
  Exporter(Settings settings, Count count, Warn warn);
  // Sends what there is, for a few seconds at most.
  ~Exporter() override;

  bool wants(std::string_view trace_id) override;
  void record(Finished span) override;

 private:
  void run(std::stop_token stop);
  std::vector<Finished> take(std::stop_token stop);
  bool deliver(const std::vector<Finished>& spans, std::stop_token stop);

  const Settings settings_;
  const Count count_;
  const Warn warn_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Finished> waiting_;  // GUARDED_BY(mutex_)
  std::jthread thread_;
};

}  // namespace gyre::trace
