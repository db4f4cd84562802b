#include "operator/trace/span.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <random>

namespace gyre::trace {
namespace {

std::atomic<Recorder*> recording = nullptr;

std::uint64_t random_number() {
  thread_local std::mt19937_64 engine{std::random_device{}() ^ (std::uint64_t{std::random_device{}()} << 32)};
  std::uint64_t number = 0;
  while (number == 0) number = engine();  // All zeros is no id.
  return number;
}

std::string hex(std::uint64_t number) { return fmt::format("{:016x}", number); }

}  // namespace

struct Span::State {
  Recorder* recorder = nullptr;
  bool is_wanted = false;
  State* parent = nullptr;
  Finished span;
  std::chrono::steady_clock::time_point started;

  // The span that this thread is in.
  static State*& current() {
    thread_local State* state = nullptr;
    return state;
  }
};

void set_recorder(Recorder* recorder) { recording.store(recorder, std::memory_order_release); }

Span::Span(std::unique_ptr<State> state) : state_(std::move(state)) {
  if (!state_) return;
  state_->parent = std::exchange(State::current(), state_.get());
  // Durations by a clock that nobody sets, so that no span ends before it began.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  state_->span.start_nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  state_->started = std::chrono::steady_clock::now();
}

Span::~Span() {
  if (!state_) return;
  State::current() = state_->parent;
  if (!state_->is_wanted) return;
  const auto took = std::chrono::steady_clock::now() - state_->started;
  state_->span.end_nanoseconds =
      state_->span.start_nanoseconds + std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
  state_->recorder->record(std::move(state_->span));
}

bool Span::is_recording() const { return state_ && state_->is_wanted; }

void Span::set(std::string_view key, std::string text) {
  if (is_recording()) state_->span.attributes.push_back({std::string(key), std::move(text), 0, false});
}

void Span::set(std::string_view key, std::int64_t number) {
  if (is_recording()) state_->span.attributes.push_back({std::string(key), "", number, true});
}

void Span::fail(std::string message) {
  if (!is_recording()) return;
  state_->span.has_failed = true;
  state_->span.failure = std::move(message);
}

std::string Span::traceparent() const {
  if (!state_) return "";
  return fmt::format("00-{}-{}-{}", state_->span.trace_id, state_->span.span_id, state_->is_wanted ? "01" : "00");
}

Span root(std::string_view name, std::string_view of_what) {
  Recorder* recorder = recording.load(std::memory_order_acquire);
  if (recorder == nullptr) return Span(nullptr);
  auto state = std::make_unique<Span::State>();
  state->recorder = recorder;
  state->span.trace_id = hex(random_number()) + hex(random_number());
  state->span.span_id = hex(random_number());
  state->span.name = fmt::format("{} {}", name, of_what);
  state->is_wanted = recorder->wants(state->span.trace_id);
  return Span(std::move(state));
}

Span child(std::string_view name, std::string_view of_what, SpanKind kind) {
  const Span::State* parent = Span::State::current();
  if (parent == nullptr) return Span(nullptr);
  auto state = std::make_unique<Span::State>();
  state->recorder = parent->recorder;
  state->is_wanted = parent->is_wanted;
  state->span.trace_id = parent->span.trace_id;
  state->span.parent_id = parent->span.span_id;
  state->span.span_id = hex(random_number());
  state->span.name = of_what.empty() ? std::string(name) : fmt::format("{} {}", name, of_what);
  state->span.kind = kind;
  return Span(std::move(state));
}

}  // namespace gyre::trace
