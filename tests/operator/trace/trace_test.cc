#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "operator/trace/exporter.h"
#include "operator/trace/otlp.h"
#include "tests/support/eventually.h"

namespace gyre::trace {
namespace {

using nlohmann::json;
using support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

struct Kept final : Recorder {
  bool wants(std::string_view) override { return is_wanted; }
  void record(Finished span) override { spans.push_back(std::move(span)); }
  Kept() { set_recorder(this); }
  ~Kept() override { set_recorder(nullptr); }
  bool is_wanted = true;
  std::vector<Finished> spans;
};

TEST(Span, OfAThreadBelongToOneAnother) {
  Kept kept;
  {
    Span outer = root("reconcile", "trainingjob");
    outer.set("k8s.namespace.name", "ml");
    {
      Span inner = child("POST", "jobs.batch", SpanKind::kClient);
      inner.set("http.response.status_code", 409);
      inner.fail("conflict");
      EXPECT_EQ(inner.traceparent().substr(0, 3), "00-");
      EXPECT_THAT(inner.traceparent(), testing::EndsWith("-01"));
    }
    Span sibling = child("apply");
  }
  Span next = root("reconcile", "trainingjob");
  ASSERT_EQ(kept.spans.size(), 3u);
  const Finished &post = kept.spans[0], &apply = kept.spans[1], &outer = kept.spans[2];
  EXPECT_EQ(outer.name, "reconcile trainingjob");
  EXPECT_EQ(outer.parent_id, "");
  EXPECT_THAT(outer.attributes, ElementsAre(Attribute{"k8s.namespace.name", "ml", 0, false}));
  EXPECT_EQ(post.name, "POST jobs.batch");
  EXPECT_EQ(post.kind, SpanKind::kClient);
  EXPECT_THAT(post.attributes, ElementsAre(Attribute{"http.response.status_code", "", 409, true}));
  EXPECT_TRUE(post.has_failed);
  EXPECT_EQ(apply.name, "apply");
  for (const Finished* each : {&post, &apply}) {
    EXPECT_EQ(each->trace_id, outer.trace_id);
    EXPECT_EQ(each->parent_id, outer.span_id);
    EXPECT_LE(outer.start_nanoseconds, each->start_nanoseconds);
    EXPECT_LE(each->start_nanoseconds, each->end_nanoseconds);
  }
  EXPECT_THAT(outer.trace_id, MatchesRegex("[0-9a-f]{32}"));
  EXPECT_THAT(outer.span_id, MatchesRegex("[0-9a-f]{16}"));
}

TEST(Span, ThatNobodyWantsIsPassedOnButNotKept) {
  Kept kept;
  kept.is_wanted = false;
  {
    Span outer = root("reconcile", "x");
    Span inner = child("GET");
    EXPECT_FALSE(inner.is_recording());
    EXPECT_THAT(inner.traceparent(), testing::EndsWith("-00"));
  }
  EXPECT_TRUE(kept.spans.empty());
}

TEST(Span, IsNothingWithoutARecorderOrAParent) {
  EXPECT_EQ(root("reconcile", "x").traceparent(), "");
  Kept kept;
  EXPECT_EQ(child("GET").traceparent(), "");
  EXPECT_TRUE(kept.spans.empty());
}

using Variables = std::map<std::string, std::string>;

Result<std::optional<Settings>> read(const Variables& variables, const std::string& flag = "") {
  return read_settings(flag, [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(Settings, AreOffUntilAnEndpointIsNamed) {
  EXPECT_EQ(read({})->has_value(), false);
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}})->has_value(), false);
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"}, {"OTEL_SDK_DISABLED", "true"}})->has_value(),
            false);
}

TEST(Settings, TakeTheStandardVariables) {
  const auto settings = read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318/"},
                              {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x%3Dy, x-tenant = 7,"},
                              {"OTEL_RESOURCE_ATTRIBUTES", "service.name=hidden,k8s.pod.name=p"},
                              {"OTEL_SERVICE_NAME", "gyre"},
                              {"OTEL_TRACES_SAMPLER", "parentbased_traceidratio"},
                              {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                              {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"}});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ((*settings)->url, "http://a:4318/v1/traces");
  using Pair = std::pair<std::string, std::string>;
  EXPECT_THAT((*settings)->headers, ElementsAre(Pair("authorization", "Bearer x=y"), Pair("x-tenant", "7")));
  EXPECT_THAT((*settings)->resource, ElementsAre(Pair("service.name", "gyre"), Pair("k8s.pod.name", "p")));
  EXPECT_EQ((*settings)->ratio, 0.25);
  EXPECT_EQ((*settings)->ca_file, "/ca.pem");
}

TEST(Settings, PreferTheFlagThenTheExactVariable) {
  const Variables both = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"},
                          {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://b/as/it/is"}};
  EXPECT_EQ((*read(both))->url, "http://b/as/it/is");
  EXPECT_EQ((*read(both, "https://c"))->url, "https://c/v1/traces");
}

TEST(Settings, NameTheVariableThatCannotBeMeant) {
  const Variables good = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:4318"}};
  const Variables bad[] = {{{"OTEL_EXPORTER_OTLP_ENDPOINT", "a:4318"}},
                           {{"OTEL_TRACES_SAMPLER", "jaeger_remote"}},
                           {{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "1.5"}},
                           {{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", "nan"}},
                           {{"OTEL_EXPORTER_OTLP_HEADERS", "secret"}},
                           {{"OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"}},
                           {{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0ac: d"}}};
  for (Variables each : bad) {
    const std::string name = each.rbegin()->first;
    each.insert(good.begin(), good.end());
    const auto settings = read(each);
    ASSERT_FALSE(settings) << name;
    EXPECT_THAT(settings.error().message, HasSubstr(name));
    EXPECT_THAT(settings.error().message, testing::Not(HasSubstr("secret")));
  }
}

TEST(Otlp, CountsWhatTheReceiverDidNotTake) {
  EXPECT_EQ(rejected_in("{}"), 0);
  EXPECT_EQ(rejected_in("not JSON"), 0);
  EXPECT_EQ(rejected_in(R"({"partialSuccess": {"rejectedSpans": "3", "errorMessage": "x"}})"), 3);
  EXPECT_EQ(rejected_in(R"({"partialSuccess": {"rejectedSpans": 2}})"), 2);
  EXPECT_EQ(rejected_in(R"({"partialSuccess": {"rejectedSpans": []}})"), 0);
}

// An OTLP receiver that answers as it is told.
class Receiver {
 public:
  Receiver() {
    http_.Post("/v1/traces", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      ++requests_;
      headers_ = request.headers;
      response.status = statuses_.empty() ? 200 : statuses_.front();
      if (!statuses_.empty()) statuses_.erase(statuses_.begin());
      response.set_content(answer, "application/json");
      if (response.status != 200) return;
      const json sent = json::parse(request.body);
      for (const json& span : sent["resourceSpans"][0]["scopeSpans"][0]["spans"])
        names_.insert(span["name"].get<std::string>());
    });
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
  }
  ~Receiver() { http_.stop(); }

  Settings settings() const {
    Settings out;
    out.url = fmt::format("http://127.0.0.1:{}/v1/traces", port_);
    out.headers = {{"authorization", "Bearer x"}};
    out.resource = {{"service.name", "test"}};
    out.every = Duration(20);
    return out;
  }
  void answer_first(std::vector<int> statuses) { statuses_ = std::move(statuses); }
  std::multiset<std::string> names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  int requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::string header(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = headers_.find(name);
    return found == headers_.end() ? "" : found->second;
  }
  std::string answer = "{}";

 private:
  mutable std::mutex mutex_;
  std::vector<int> statuses_;
  std::multiset<std::string> names_;
  httplib::Headers headers_;
  int requests_ = 0;
  httplib::Server http_;
  int port_ = 0;
  std::jthread thread_;
};

struct ExporterTest : testing::Test {
  void start(const Settings& settings) {
    exporter = std::make_unique<Exporter>(
        settings,
        [this](Outcome outcome, std::int64_t spans) {
          const std::lock_guard lock(mutex);
          counts[std::string(to_string(outcome))] += spans;
        },
        [this](const Error& error) {
          const std::lock_guard lock(mutex);
          warning = error.message;
        });
  }
  std::int64_t count(const char* outcome) {
    const std::lock_guard lock(mutex);
    return counts[outcome];
  }
  Receiver receiver;
  std::mutex mutex;
  std::map<std::string, std::int64_t> counts;
  std::string warning;
  std::unique_ptr<Exporter> exporter;
};

TEST_F(ExporterTest, DeliversEachSpanOnceAndTheRestAtTheEnd) {
  start(receiver.settings());
  {
    Span one = root("reconcile", "one");
  }
  EXPECT_TRUE(eventually([&] { return count("exported") == 1; }));
  EXPECT_EQ(receiver.header("authorization"), "Bearer x");
  EXPECT_EQ(receiver.header("Content-Type"), "application/json");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (int j = 0; j < 300; ++j) Span each = root("reconcile", "many");
    });
  threads.clear();
  exporter.reset();
  EXPECT_EQ(receiver.names().count("reconcile many"), 1200u) << warning;
  EXPECT_EQ(count("exported"), 1201);
  EXPECT_EQ(root("reconcile", "late").traceparent(), "");
}

TEST_F(ExporterTest, TriesAgainWhatMayWork) {
  receiver.answer_first({503, 429});
  start(receiver.settings());
  {
    Span one = root("reconcile", "one");
  }
  EXPECT_TRUE(eventually([&] { return count("exported") == 1; }));
  EXPECT_EQ(receiver.requests(), 3);
  EXPECT_EQ(count("failed"), 0);
}

TEST_F(ExporterTest, GivesUpWhatNeverWill) {
  receiver.answer_first({400});
  start(receiver.settings());
  {
    Span one = root("reconcile", "one");
  }
  EXPECT_TRUE(eventually([&] { return count("failed") == 1; }));
  EXPECT_EQ(receiver.requests(), 1);
  const std::lock_guard lock(mutex);
  EXPECT_THAT(warning, HasSubstr("/v1/traces: 400"));
}

TEST_F(ExporterTest, CountsSpansThatTheReceiverRejects) {
  receiver.answer = R"({"partialSuccess": {"rejectedSpans": "1", "errorMessage": "too old"}})";
  start(receiver.settings());
  {
    Span one = root("reconcile", "one");
  }
  EXPECT_TRUE(eventually([&] { return count("failed") == 1; }));
  EXPECT_EQ(count("exported"), 0);
}

TEST_F(ExporterTest, NeverHoldsMoreThanItMayAndNeverWaitsForTheReceiver) {
  Settings nowhere = receiver.settings();
  nowhere.url = "http://127.0.0.1:1/v1/traces";
  nowhere.most_waiting = 100;
  nowhere.most_at_once = 10;
  start(nowhere);
  const auto started = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) Span each = root("reconcile", "x");
  exporter.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
  EXPECT_GE(count("queue_full"), 800);
  EXPECT_EQ(count("queue_full") + count("failed"), 1000);
  EXPECT_THAT(warning, HasSubstr("127.0.0.1:1"));
}

TEST_F(ExporterTest, KeepsTheShareOfTracesThatWasAskedFor) {
  Settings quarter = receiver.settings();
  quarter.ratio = 0.25;
  start(quarter);
  int kept = 0;
  for (int i = 0; i < 4000; ++i) kept += root("reconcile", "x").is_recording() ? 1 : 0;
  // Five standard deviations to either side.
  EXPECT_NEAR(kept, 1000, 140);
  Settings none = receiver.settings();
  none.ratio = 0;
  exporter.reset();
  start(none);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(root("reconcile", "x").is_recording());
}

}  // namespace
}  // namespace gyre::trace
