#include "dataplane/worker/evaluate.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "operator/base/digest.h"
#include "tests/dataplane/worker/folder.h"

namespace gyre::worker {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A model server on loopback that answers named rows: class 1 where x is less than `limit`.
class Champion {
 public:
  explicit Champion(double limit, int status = 200) {
    server_.Post("/predict", [this, limit, status](const httplib::Request& request, httplib::Response& response) {
      json out = json::array();
      const json body = json::parse(request.body);
      for (const json& row : body["instances"]) out.push_back(row["x"] < limit ? 1 : 0);
      const std::lock_guard lock(mutex_);
      rows_ += out.size();
      pins_.push_back(request.get_header_value("x-gyre-pin"));
      response.status = status;
      response.set_content(json::object({{"predictions", out}}).dump(), "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Champion() { server_.stop(); }

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::size_t rows() {
    const std::lock_guard lock(mutex_);
    return rows_;
  }
  std::vector<std::string> pins() {
    const std::lock_guard lock(mutex_);
    return pins_;
  }

 private:
  httplib::Server server_;
  std::mutex mutex_;
  std::size_t rows_ = 0;
  std::vector<std::string> pins_;
  int port_ = 0;
  std::jthread thread_;
};

class Evaluate : public FolderTest {
 protected:
  // 200 rows of which x < 100 is class 1; the challenger is right on all.
  EvaluateRequest request(const std::string& service, std::vector<Gate> gates) {
    std::string predictions = "id,label,prediction\n", evaluation = "id,x,label\n";
    for (int i = 0; i < 200; ++i) {
      const int label = i < 100 ? 1 : 0;
      predictions += "r" + std::to_string(i) + "," + std::to_string(label) + "," + std::to_string(label) + "\n";
      evaluation += "r" + std::to_string(i) + "," + std::to_string(i) + "," + std::to_string(label) + "\n";
    }
    write("m/predictions.csv", predictions);
    write("m/evaluation.csv", evaluation);
    return {root_ / "m",
            sha256_digest(predictions),
            sha256_digest(evaluation),
            std::move(gates),
            service,
            "digits",
            *protocol::make_mapping(
                "custom", R"({"path":"/predict","features":"$.instances[*]","prediction":"$.predictions[*]"})"),
            7};
  }
  static Gate gate(const std::string& metric) { return {.metric = metric, .vs = GateReference::kChampion}; }
};

TEST_F(Evaluate, AsksThePinnedChampionAboutEveryRow) {
  Champion champion(60);
  const auto message = evaluate(request(champion.address(), {gate("accuracy")}));
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(champion.rows(), 200u);
  EXPECT_THAT(champion.pins(), testing::Each("stable"));
  const Verdict& verdict = message->verdicts.at(0);
  EXPECT_EQ(verdict.result, VerdictResult::kSuperior);
  EXPECT_DOUBLE_EQ(*verdict.value, 1.0);
  EXPECT_DOUBLE_EQ(*verdict.champion_value, 0.8);
  EXPECT_NEAR(*verdict.delta, 0.2, 1e-12);
  EXPECT_EQ(verdict.n, 200);
  EXPECT_GT(verdict.ci.at(0), 0.1);
  EXPECT_LT(verdict.ci.at(1), 0.3);
}

TEST_F(Evaluate, SaysTheSameForTheSameSeed) {
  Champion champion(95);
  const EvaluateRequest asked = request(champion.address(), {gate("accuracy"), gate("f1")});
  const auto first = evaluate(asked), second = evaluate(asked);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
}

TEST_F(Evaluate, AnEqualChampionIsNotBeaten) {
  Champion champion(100);
  EXPECT_EQ(evaluate(request(champion.address(), {gate("accuracy")}))->verdicts.at(0).result,
            VerdictResult::kNonInferior);
}

TEST_F(Evaluate, AnUnreachableChampionIsAnErrorToRetry) {
  std::string address;
  {
    address = Champion(1).address();
  }
  const auto message = evaluate(request(address, {gate("accuracy")}));
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, Code::kUnavailable);
  EXPECT_THAT(message.error().message, HasSubstr(address));
}

TEST_F(Evaluate, AChampionThatFailsIsAnErrorToRetry) {
  Champion champion(60, 503);
  const auto message = evaluate(request(champion.address(), {gate("accuracy")}));
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, Code::kUnavailable);
  EXPECT_THAT(message.error().message, HasSubstr("answered 503"));
}

TEST_F(Evaluate, FailsClosedOnAMetricNobodyKnowsAndOnChangedRows) {
  Champion champion(60);
  const auto unknown = evaluate(request(champion.address(), {gate("accuracy"), gate("latency_p99_ms")}));
  EXPECT_EQ(unknown->verdicts.at(1).result, VerdictResult::kFailed);
  EXPECT_EQ(unknown->verdicts.at(1).gate, 1);
  EXPECT_THAT(unknown->verdicts.at(1).message, HasSubstr("write one of accuracy"));
  const EvaluateRequest asked = request(champion.address(), {gate("accuracy")});
  write("m/predictions.csv", "id,label,prediction\n");
  const auto changed = evaluate(asked);
  EXPECT_EQ(changed->verdicts.at(0).result, VerdictResult::kFailed);
  EXPECT_THAT(changed->verdicts.at(0).message, HasSubstr("predictions.csv has digest"));
}

}  // namespace
}  // namespace gyre::worker
