#include "operator/kube/exec_plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "operator/kube/client.h"
#include "tests/support/environment.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"

namespace gyre::kube {
namespace {

using support::FakeApiServer;
using support::Folder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kVersion[] = "client.authentication.k8s.io/v1";

std::string answer(const nlohmann::json& status) {
  return nlohmann::json{{"apiVersion", kVersion}, {"kind", "ExecCredential"}, {"status", status}}.dump();
}

ExecPlugin plugin(const std::string& command) {
  ExecPlugin out;
  out.api_version = kVersion;
  out.command = command;
  return out;
}

struct BadAnswer {
  std::string name, json, says;
};

class BadExecCredential : public testing::TestWithParam<BadAnswer> {};

TEST_P(BadExecCredential, SaysWhatIsWrong) {
  const auto credential = parse_exec_credential(GetParam().json, kVersion);
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Code::kUnauthorized);
  EXPECT_THAT(credential.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadExecCredential,
    testing::Values(
        BadAnswer{"Nothing", "", "not a JSON object"}, BadAnswer{"NoJson", "Please log in", "not a JSON object"},
        BadAnswer{"AnotherKind", R"({"kind":"Token"})", "not of kind ExecCredential"},
        BadAnswer{"AnotherVersion",
                  R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1alpha1","status":{}})",
                  "the kubeconfig asks for client.authentication.k8s.io/v1"},
        BadAnswer{"NoStatus", R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"})",
                  "has no status"},
        BadAnswer{"Empty", answer(nlohmann::json::object()), "neither a token nor a certificate"},
        BadAnswer{"CertificateAlone", answer({{"clientCertificateData", "c"}}), "without the other"},
        BadAnswer{"LineBreak", answer({{"token", "a\r\nX-Remote-User: admin"}}), "line break"},
        BadAnswer{"BadTime", answer({{"token", "t"}, {"expirationTimestamp", "tomorrow"}}), "\"tomorrow\" is no time"}),
    [](const auto& info) { return info.param.name; });

TEST(ExecPlugin, GivesATokenACertificateAndTheirTime) {
  const auto credential = parse_exec_credential(answer({{"token", "t"},
                                                        {"clientCertificateData", "c"},
                                                        {"clientKeyData", "k"},
                                                        {"expirationTimestamp", "2030-01-02T03:04:05Z"}}),
                                                kVersion);
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->token, "t");
  EXPECT_EQ(credential->cert_pem, "c");
  EXPECT_EQ(credential->key_pem, "k");
  EXPECT_EQ(format_time(*credential->expires_at), "2030-01-02T03:04:05Z");
}

TEST(ExecPlugin, GetsItsArgumentsVariablesAndTheCluster) {
  const Folder folder;
  ExecPlugin wanted =
      plugin(folder.write_script("login", "printf '%s|%s|%s' \"$1\" \"$REGION\" \"$HOME\" > " + folder.path() +
                                              "/seen\nprintf '%s' \"$KUBERNETES_EXEC_INFO\" > " + folder.path() +
                                              "/info\ncat <<'END'\n" + answer({{"token", "t"}}) + "\nEND\n"));
  wanted.args = {"two words"};
  wanted.env = {{"REGION", "eu"}};
  wanted.cluster = R"({"server":"https://h"})";
  const auto credential = run_exec_plugin(wanted);
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->token, "t");
  EXPECT_EQ(folder.read("seen"), std::string("two words|eu|") + std::getenv("HOME"));
  EXPECT_EQ(nlohmann::json::parse(folder.read("info")),
            (nlohmann::json{{"apiVersion", kVersion},
                            {"kind", "ExecCredential"},
                            {"spec", {{"interactive", false}, {"cluster", {{"server", "https://h"}}}}}}));
}

TEST(ExecPlugin, AFailureSaysHowItEndedAndWhatItSaid) {
  const Folder folder;
  ExecPlugin wanted = plugin(folder.write_script("login", "echo 'your session has expired' >&2\nexit 3\n"));
  wanted.install_hint = "get it from example.org";
  const auto credential = run_exec_plugin(wanted);
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Code::kUnauthorized);
  EXPECT_THAT(credential.error().message,
              AllOf(HasSubstr("ended with 3"), HasSubstr("your session has expired"), HasSubstr("example.org")));
}

TEST(ExecPlugin, AProgramThatIsNotThereIsNamedWithItsHint) {
  ExecPlugin wanted = plugin("gyre-no-such-plugin");
  wanted.install_hint = "get it from example.org";
  const auto credential = run_exec_plugin(wanted);
  ASSERT_FALSE(credential);
  EXPECT_THAT(credential.error().message, AllOf(HasSubstr("cannot run gyre-no-such-plugin"), HasSubstr("example.org")));
}

TEST(ExecPlugin, OneThatHangsIsEndedWithItsChildren) {
  const Folder folder;
  ExecPlugin wanted = plugin(folder.write_script("login", "sleep 60 &\necho $! > " + folder.path() + "/child\nwait\n"));
  wanted.timeout = Duration(500);
  const auto begin = std::chrono::steady_clock::now();
  const auto credential = run_exec_plugin(wanted);
  ASSERT_FALSE(credential);
  EXPECT_THAT(credential.error().message, HasSubstr("did not end within 500ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  const pid_t child = std::stoi(folder.read("child"));
  // Dead, or waiting for init to take note of it.
  const auto is_dead = [child] {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string pid, name, state;
    return !(stat >> pid >> name >> state) || state == "Z";
  };
  EXPECT_TRUE(support::eventually(is_dead));
}

TEST(ExecPlugin, OneThatLeavesAChildBehindIsNotWaitedFor) {
  const Folder folder;
  const ExecPlugin wanted =
      plugin(folder.write_script("login", "sleep 5 &\ncat <<'END'\n" + answer({{"token", "t"}}) + "\nEND\n"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(run_exec_plugin(wanted));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST(ExecPlugin, OneThatTalksWithoutEndIsEnded) {
  const Folder folder;
  const auto credential =
      run_exec_plugin(plugin(folder.write_script("login", "while :; do echo yyyyyyyyyyyyyy; done\n")));
  ASSERT_FALSE(credential);
  EXPECT_THAT(credential.error().message, HasSubstr("wrote more than 1048576 bytes"));
}

TEST(ExecPlugin, AStopEndsIt) {
  const Folder folder;
  std::stop_source stop;
  stop.request_stop();
  const auto credential = run_exec_plugin(plugin(folder.write_script("login", "sleep 60\n")), stop.get_token());
  ASSERT_FALSE(credential);
  EXPECT_EQ(credential.error().code, Code::kCancelled);
}

// A plugin that counts its runs and hands out what the file "answer" says.
class PluginClient : public testing::Test {
 protected:
  PluginClient() {
    Config config = server_.config();
    config.exec = plugin(folder_.write_script("login", "cd " + folder_.path() +
                                                           "\necho run >> runs\n"
                                                           "while [ -e hold ]; do sleep 0.02; done\n"
                                                           "cat answer || exit 1\n"));
    server_.put("/api/v1/namespaces/a/configmaps/x", nlohmann::json::object());
    client_.emplace(config);
  }
  void hand_out(const nlohmann::json& status) { folder_.write("answer", answer(status)); }
  Result<nlohmann::json> get(Duration timeout = std::chrono::seconds(30)) {
    Request request;
    request.path = "/api/v1/namespaces/a/configmaps/x";
    request.timeout = timeout;
    return client_->send(request);
  }
  long runs() const {
    const std::string runs = folder_.read("runs");
    return std::count(runs.begin(), runs.end(), '\n');
  }
  static std::string in(Duration from_now) { return format_time(SystemClock().now() + from_now); }

  const Folder folder_;
  FakeApiServer server_;
  std::optional<Client> client_;
};

TEST_F(PluginClient, ATokenIsKeptUntilItExpires) {
  server_.require_token("one");
  hand_out({{"token", "one"}, {"expirationTimestamp", in(std::chrono::hours(1))}});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(get());
  EXPECT_EQ(runs(), 1);
}

TEST_F(PluginClient, AnExpiredTokenIsAskedForAgainBeforeTheServerSaysSo) {
  server_.require_token("one");
  hand_out({{"token", "one"}, {"expirationTimestamp", in(-std::chrono::hours(1))}});
  ASSERT_TRUE(get());
  server_.require_token("two");
  hand_out({{"token", "two"}, {"expirationTimestamp", in(std::chrono::hours(1))}});
  ASSERT_TRUE(get());
  ASSERT_TRUE(get());
  EXPECT_EQ(runs(), 2);
  EXPECT_EQ(server_.calls().size(), 3u);
}

TEST_F(PluginClient, A401AsksForAnotherTokenOnce) {
  server_.require_token("one");
  hand_out({{"token", "one"}});
  ASSERT_TRUE(get());
  server_.require_token("two");
  hand_out({{"token", "two"}});
  ASSERT_TRUE(get());
  EXPECT_EQ(runs(), 2);
  server_.require_token("three");
  const auto refused = get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnauthorized);
  EXPECT_EQ(runs(), 3);
}

TEST_F(PluginClient, ManyThatWereRefusedAtOnceRunItOnce) {
  server_.require_token("one");
  hand_out({{"token", "one"}});
  ASSERT_TRUE(get());
  server_.require_token("two");
  hand_out({{"token", "two"}});
  std::atomic<int> served = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { served += get().has_value(); });
  }
  EXPECT_EQ(served, 8);
  EXPECT_EQ(runs(), 2);
}

TEST_F(PluginClient, ASlowPluginIsWaitedForAsLongAsARequestHasTimeAndGoesOn) {
  server_.require_token("one");
  hand_out({{"token", "one"}});
  folder_.write("hold", "");
  for (int i = 0; i < 2; ++i) {
    const auto late = get(Duration(50));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::kUnavailable);
    EXPECT_THAT(late.error().message, AllOf(HasSubstr("/login"), HasSubstr("has not answered")));
  }
  std::filesystem::remove(folder_.path() + "/hold");
  EXPECT_TRUE(get());
  EXPECT_EQ(runs(), 1);
}

TEST_F(PluginClient, AWriteOfWhoLeadsNoMoreIsNotSentWhenThePluginAnswers) {
  hand_out({{"token", "one"}});
  folder_.write("hold", "");
  Request deletion;
  deletion.method = Method::kDelete;
  deletion.path = "/api/v1/namespaces/a/configmaps/x";
  deletion.is_leaders = true;
  Result<nlohmann::json> result;
  std::jthread leader([&] { result = client_->send(deletion); });
  ASSERT_TRUE(support::eventually([&] { return runs() == 1; }));
  client_->cancel_writes();
  leader.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kCancelled);
  EXPECT_FALSE(is_answer_lost(result.error()));
  std::filesystem::remove(folder_.path() + "/hold");
  EXPECT_TRUE(get());
  EXPECT_EQ(server_.calls().size(), 1u);
}

TEST_F(PluginClient, AClientCanEndWhileItsPluginRuns) {
  folder_.write("hold", "");
  EXPECT_FALSE(get(Duration(20)));
  const auto begin = std::chrono::steady_clock::now();
  client_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(PluginClient, APluginThatFailsIsNotStartedForEveryRequest) {
  for (int i = 0; i < 5; ++i) {
    const auto refused = get();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("credential plugin"));
  }
  EXPECT_EQ(runs(), 1);
  EXPECT_EQ(server_.calls().size(), 0u);
}

}  // namespace
}  // namespace gyre::kube
