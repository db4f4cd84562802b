#include "dataplane/worker/commands.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/dataplane/worker/folder.h"

namespace gyre::worker {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Commands : public FolderTest {
 protected:
  Outcome run(const std::string& name, std::vector<std::string> arguments) {
    if (name == "fetch" || name == "publish") {
      arguments.push_back("--pvc-root");
      arguments.push_back(root_.string());
    }
    for (const Command& command : commands()) {
      if (command.name != name) continue;
      const auto options = Options::parse(arguments, command.known);
      EXPECT_TRUE(options) << options.error().message;
      return command.run(*options);
    }
    ADD_FAILURE() << "no subcommand " << name;
    return {};
  }
};

TEST_F(Commands, ThePublishedDigestIsWhatFetchVerifies) {
  const Outcome published =
      run("publish", {"--now", "--from", write_output().string(), "--to-uri", "pvc://c/m/1", "--index", "0"});
  EXPECT_EQ(published.exit, Exit::kAnswered);
  const std::string digest = json::parse(published.message)["output"]["manifestDigest"];
  const Outcome verified = run("fetch", {"--as", "model", "--verify-only", "--uri", "pvc://c/m/1", "--digest", digest});
  EXPECT_EQ(json::parse(verified.message), json::object({{"digest", digest}}));
}

TEST_F(Commands, OnlyTheFirstPodPublishes) {
  const Outcome outcome =
      run("publish", {"--now", "--from", write_output().string(), "--to-uri", "pvc://c/m/1", "--index", "1"});
  EXPECT_EQ(outcome.exit, Exit::kAnswered);
  EXPECT_EQ(outcome.message, "");
  EXPECT_FALSE(exists("c/m/1"));
}

TEST_F(Commands, AMismatchIsAnAnswerOfTheVerifyingJobAndStopsAnInitContainer) {
  const Outcome published = run("publish", {"--now", "--from", write_output().string(), "--to-uri", "pvc://c/m/1"});
  const std::string digest = json::parse(published.message)["output"]["manifestDigest"];
  write("c/m/1/model/model.joblib", "WEIGHTS");
  const Outcome verified = run("fetch", {"--as", "model", "--verify-only", "--uri", "pvc://c/m/1", "--digest", digest});
  EXPECT_EQ(verified.exit, Exit::kAnswered);
  EXPECT_EQ(json::parse(verified.message)["mismatch"], true);
  const Outcome fetched =
      run("fetch", {"--as", "model", "--uri", "pvc://c/m/1", "--digest", digest, "--to", (root_ / "to").string()});
  EXPECT_EQ(fetched.exit, Exit::kTryAgain);
  EXPECT_EQ(json::parse(fetched.message)["mismatch"], true);
  EXPECT_THAT(fetched.error, HasSubstr("pvc://c/m/1"));
}

TEST_F(Commands, WhatIsNotThereYetIsTriedAgain) {
  const Outcome outcome = run("fetch", {"--as", "dataset", "--uri", "pvc://c/none", "--to", (root_ / "to").string()});
  EXPECT_EQ(outcome.exit, Exit::kTryAgain);
  EXPECT_FALSE(json::parse(outcome.message).contains("mismatch"));
}

TEST(Options, NameWhatIsKnown) {
  const auto options = Options::parse({"--form", "x"}, {{"--from"}, {}});
  EXPECT_THAT(options.error().message, HasSubstr("unknown option \"--form\"; known are --from"));
  EXPECT_FALSE(Options::parse({"--from"}, {{"--from"}, {}}));
}

}  // namespace
}  // namespace gyre::worker
