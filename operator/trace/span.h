#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Spans as OpenTelemetry knows them. While nothing records, which is the default, each costs one look at an atomic.
namespace gyre::trace {

enum class SpanKind { kInternal = 1, kClient = 3 };  // Numbers of OTLP.

struct Attribute {
  std::string key;
  std::string text;  // Unless it is a number.
  std::int64_t number = 0;
  bool is_number = false;
  bool operator==(const Attribute&) const = default;
};

// A span that has ended.
struct Finished {
  std::string trace_id;  // Lower-case hex digits, here and below.
  std::string span_id;
  std::string parent_id;  // Empty: the first of its trace.
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  std::int64_t start_nanoseconds = 0;  // Since 1970.
  std::int64_t end_nanoseconds = 0;
  std::vector<Attribute> attributes;
  bool has_failed = false;
  std::string failure;
};

// Takes spans from any thread.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // Whether a new trace of this id is wanted.
  virtual bool wants(std::string_view trace_id) = 0;
  virtual void record(Finished span) = 0;
};
// Who gets the spans from now on; nullptr: nobody. It must outlive every span that begins while it is set.
void set_recorder(Recorder* recorder);

// From its construction to its destruction, which must be on the same thread; children are those made in between.
class [[nodiscard]] Span {
 public:
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  // False when nobody would see what is set: spare the work.
  bool is_recording() const;
  void set(std::string_view key, std::string text);
  void set(std::string_view key, std::int64_t number);
  void fail(std::string message);
  // The header by which the other end joins this trace (W3C Trace Context); empty when there is none to join.
  std::string traceparent() const;

 private:
  struct State;
  friend Span root(std::string_view, std::string_view);
  friend Span child(std::string_view, std::string_view, SpanKind);
  explicit Span(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// The first span of a trace: "reconcile trainingjob".
Span root(std::string_view name, std::string_view of_what);
// Part of the span that this thread is in; nothing when it is in none.
Span child(std::string_view name, std::string_view of_what = {}, SpanKind kind = SpanKind::kInternal);

}  // namespace gyre::trace
