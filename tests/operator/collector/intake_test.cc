#include "operator/collector/intake.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "tests/operator/collector/memory_api.h"
#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

constexpr Kind kConfigMap = kind_of(Type<ConfigMap>{});
using Told = std::vector<std::pair<std::string, std::string>>;  // Monitor and reason of each event.

// An intake at work; `restart` is a SIGKILL as far as anybody can tell: nothing of its memory is left.
struct IntakeTest : testing::Test {
  IntakeTest() { restart(); }
  ~IntakeTest() override { end(); }

  void end() {
    if (!intake) return;
    worker.request_stop();
    worker.join();
    intake.reset();
  }
  void restart() {
    end();
    intake.emplace(
        api, clock, metrics, [this](const Key& service) { return service == kService ? monitors : Monitors{}; },
        [this](const Key&) { ++woken; },
        [this](const DriftMonitor& about, const EventNote& note) {
          told.emplace_back(about.metadata.name, note.reason);
        },
        1ms);
    worker = std::jthread([this](std::stop_token stop) { intake->run(stop); });
    // Until it is open, which `run` says by taking a delivery.
    while (!intake->submit({"ml", "nobody"}, "uid", delivery({}))) std::this_thread::yield();
    woken = 0;
  }

  Result<wire::BucketsResponse> send(std::vector<wire::Bucket> buckets, const std::string& pod_uid = "uid-a") {
    return intake->submit(kService, pod_uid, delivery(std::move(buckets)));
  }
  std::vector<wire::WindowCounts> windows() {
    std::vector<wire::WindowCounts> out;
    for (const auto& map : api.all(kConfigMap))
      out.push_back(*schema::from_json<wire::WindowCounts>(
          nlohmann::json::parse(map["data"][wire::kWindowKey].get<std::string>())));
    return out;
  }
  std::int64_t rows() {
    std::int64_t sum = 0;
    for (const auto& window : windows()) sum += window.rows;
    return sum;
  }
  double dropped(const char* reason) {
    return metrics.value("gyre_collector_buckets_dropped_total", {{"reason", reason}});
  }

  MemoryApi api;
  ManualClock clock{kNow};
  runtime::Metrics metrics;
  Monitors monitors{monitor()};
  std::atomic<int> woken = 0;
  Told told;  // Read while nothing is on its way.
  std::optional<Intake> intake;
  std::jthread worker;
};

TEST_F(IntakeTest, AcknowledgesWhatIsPersisted) {
  const auto response = send({bucket(2, 10), bucket(1)});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->acknowledged, (std::vector<std::int64_t>{1, 2}));
  ASSERT_EQ(windows().size(), 1U);
  EXPECT_EQ(windows()[0].rows, 6);
  EXPECT_EQ(api.writes(), 1) << "one write for both";
}

TEST_F(IntakeTest, CountsEverythingOnceOverRestartsAndRepeats) {
  ASSERT_TRUE(send({bucket(1), bucket(2, 10)}));
  restart();
  const auto again = send({bucket(1), bucket(2, 10), bucket(3, 20)});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->acknowledged.size(), 3U);
  EXPECT_EQ(rows(), 9);
}

TEST_F(IntakeTest, WritesNothingForRepeats) {
  ASSERT_TRUE(send({bucket(1)}));
  const int writes = api.writes();
  ASSERT_TRUE(send({bucket(1)}));
  EXPECT_EQ(api.writes(), writes);
}

TEST_F(IntakeTest, CountsOnceWhenTheAnswerToAWriteIsLost) {
  api.fail_next_write(MemoryApi::Fault::kLostAnswer);
  ASSERT_TRUE(send({bucket(1)}));
  EXPECT_EQ(rows(), 3);
  api.fail_next_write(MemoryApi::Fault::kLostAnswer);
  ASSERT_TRUE(send({bucket(2, 10)}));
  EXPECT_EQ(rows(), 6);
}

TEST_F(IntakeTest, DoesNotAcknowledgeWhatItCannotPersist) {
  api.fail_next_write(MemoryApi::Fault::kUnavailable);
  const auto refused = send({bucket(1)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(told, Told{}) << "nobody can do anything about it";
  ASSERT_TRUE(send({bucket(1)}));
  EXPECT_EQ(rows(), 3);
}

TEST_F(IntakeTest, AcknowledgesTheWindowsThatItCouldPersist) {
  api.fail_next_write(MemoryApi::Fault::kUnavailable);
  const auto response = send({bucket(1), bucket(2, 60)});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->acknowledged.size(), 1U);
  EXPECT_EQ(windows().size(), 1U);
}

TEST_F(IntakeTest, AddsToWhatAnotherReplicaWrote) {
  ASSERT_TRUE(send({bucket(1)}));
  auto map = api.all(kConfigMap)[0];
  auto theirs = windows()[0];
  theirs = add(theirs, "uid-b", bucket(1)).window;
  map["data"][wire::kWindowKey] = schema::to_json(theirs).dump();
  api.put(kConfigMap, map);
  ASSERT_TRUE(send({bucket(2, 10)}));
  EXPECT_EQ(rows(), 9);
}

TEST_F(IntakeTest, LeavesAnObjectOfSomebodyElseAlone) {
  const Key key = slot_for(monitors[0], {"uid-a", "churn-1", kDigest}, bucket(1)).key;
  api.put(kConfigMap, {{"metadata", {{"namespace", key.namespace_}, {"name", key.name}, {"uid", "theirs"}}},
                       {"data", {{"mine", "1"}}}});
  const auto refused = send({bucket(1)});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("delete or rename"), std::string::npos);
  EXPECT_EQ(api.all(kConfigMap)[0]["data"], (nlohmann::json{{"mine", "1"}}));
  EXPECT_EQ(told, (Told{{monitors[0]->metadata.name, "WindowNotPersisted"}}));
}

TEST_F(IntakeTest, FillsTheWindowsOfEveryMonitor) {
  monitors = {monitor("short", 20s), monitor("long", 60s)};
  ASSERT_TRUE(send({bucket(1), bucket(2, 10), bucket(3, 20)}));
  EXPECT_EQ(windows().size(), 3U);
  EXPECT_EQ(rows(), 18);
}

TEST_F(IntakeTest, DropsWhatNobodyWantsAndSaysSo) {
  monitors.clear();
  const auto response = send({bucket(1)});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->acknowledged, std::vector<std::int64_t>{1});
  EXPECT_EQ(dropped("NoMonitor"), 1);
  EXPECT_EQ(api.writes(), 0);
}

TEST_F(IntakeTest, DropsWhatTheApiServerWillNeverTake) {
  api.fail_next_write(MemoryApi::Fault::kRefused);
  ASSERT_TRUE(send({bucket(1)}));
  EXPECT_EQ(dropped("Refused"), 1);
  EXPECT_EQ(told, (Told{{monitors[0]->metadata.name, "WindowRefused"}}));
}

TEST_F(IntakeTest, KeepsWhatAPolicyDeniesAsPoliciesChange) {
  for (const char* words : {R"(patch ConfigMap ml/w: admission webhook "p" denied the request: label it)",
                            R"(ValidatingAdmissionPolicy 'p' with binding 'b' denied request: label it)"}) {
    api.fail_next_write(Error{Code::kInvalid, "Invalid", words, std::nullopt});
    const auto refused = send({bucket(1)});
    ASSERT_FALSE(refused) << words;
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_NE(refused.error().message.find("label it"), std::string::npos) << refused.error().message;
  }
  EXPECT_EQ(dropped("Refused"), 0);
  const std::pair<std::string, std::string> event{monitors[0]->metadata.name, "WindowNotPersisted"};
  EXPECT_EQ(told, (Told{event, event}));
  ASSERT_TRUE(send({bucket(1)}));
  EXPECT_EQ(rows(), 3);
}

TEST_F(IntakeTest, KeepsWhatItsWindowCannotBeReadFor) {
  api.fail_next_read(Error{Code::kInvalid, "BadRequest", "no", std::nullopt});
  EXPECT_FALSE(send({bucket(1)}));
  const Key key = slot_for(monitors[0], {"uid-a", "churn-1", kDigest}, bucket(1)).key;
  api.put(kConfigMap,
          {{"metadata", {{"namespace", key.namespace_}, {"name", key.name}, {"uid", "u"}}}, {"data", "damaged"}});
  const auto refused = send({bucket(1)});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("delete it"), std::string::npos) << refused.error().message;
  EXPECT_EQ(dropped("Refused"), 0);
}

TEST_F(IntakeTest, WakesTheControllersOfTheService) {
  ASSERT_TRUE(send({bucket(1)}));
  end();
  EXPECT_EQ(woken, 1);
}

TEST_F(IntakeTest, RefusesWhileItDoesNotLead) {
  worker.request_stop();
  worker.join();
  const auto refused = send({bucket(1)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kCancelled);
  worker = std::jthread([] {});
}

}  // namespace
}  // namespace gyre::collector
