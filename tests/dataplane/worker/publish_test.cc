#include "dataplane/worker/publish.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "dataplane/worker/fetch.h"
#include "operator/base/digest.h"
#include "tests/dataplane/worker/folder.h"

namespace gyre::worker {
namespace {

using testing::HasSubstr;
using Publish = FolderTest;

TEST_F(Publish, LeavesTheFilesTheManifestAndTheirDigests) {
  const auto message = publish(write_output(), root_ / "models/1", "pvc://c/models/1");
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->output.uri, "pvc://c/models/1");
  EXPECT_EQ(message->output.format, "sklearn");
  EXPECT_EQ(message->output.manifest_digest, sha256_digest(read("models/1/manifest.json")));
  EXPECT_EQ(message->output.baseline_digest, sha256_digest(read("models/1/baseline.json")));
  EXPECT_EQ(message->output.predictions_digest, sha256_digest(read("out/predictions.csv")));
  EXPECT_EQ(message->output.evaluation_digest, sha256_digest(read("out/evaluation.csv")));
  EXPECT_EQ(message->output.signature_digest, sha256_digest(read("models/1/signature.json"))) << "inferred";
  EXPECT_EQ(message->evaluation_rows, 4);
  EXPECT_EQ(message->metrics, (std::vector<MetricValue>{{"accuracy", "0.75"}, {"loss", "NaN"}}));
  EXPECT_EQ(read("models/1/model/model.joblib"), "weights");
  EXPECT_THAT(read("models/1/signature.json"), HasSubstr(R"({"name":"prediction","type":"double"})"));
  EXPECT_FALSE(exists("models/1/baseline.csv")) << "rows of the training are not published";
}

TEST_F(Publish, TwiceSaysTheSame) {
  const auto first = publish(write_output(), root_ / "m/1", "pvc://c/m/1");
  const auto second = publish(root_ / "out", root_ / "m/1", "pvc://c/m/1");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "m"), {}), 1) << "no partial folder stays";
}

TEST_F(Publish, NeverReplacesWhatWasPublished) {
  ASSERT_TRUE(publish(write_output(), root_ / "m/1", "pvc://c/m/1"));
  write("out/model/model.joblib", "other weights");
  const auto message = publish(root_ / "out", root_ / "m/1", "pvc://c/m/1");
  ASSERT_FALSE(message);
  EXPECT_THAT(message.error().message, HasSubstr("pvc://c/m/1 holds something else already"));
  EXPECT_EQ(read("m/1/model/model.joblib"), "weights");
}

TEST_F(Publish, SaysWhatTheTrainingDidNotLeave) {
  fs::create_directories(root_ / "out");
  const auto message = publish(root_ / "out", root_ / "m/1", "pvc://c/m/1");
  ASSERT_FALSE(message);
  EXPECT_THAT(message.error().message, HasSubstr("there is no folder model/"));
  EXPECT_FALSE(exists("m/1"));
}

TEST_F(Publish, KilledInTheMiddleLeavesNothingHalf) {
  const fs::path target = root_ / "m/1";
  const pid_t child = fork();
  if (child == 0) {
    auto staging = Staging::make(target);
    if (staging) (void)write_file(staging->folder() / "model/half", "ha");
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(fs::exists(target));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "m"), {}), 1) << "the half that was written";
  ASSERT_TRUE(publish(write_output(), target, "pvc://c/m/1"));
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "m"), {}), 1) << "only what was published";
  EXPECT_TRUE(fs::exists(target / "manifest.json"));
}

TEST_F(Publish, LeavesThePartialFolderOfAnotherThatIsStillAtWork) {
  const auto other = Staging::make(root_ / "m/1");
  ASSERT_TRUE(other);
  ASSERT_TRUE(publish(write_output(), root_ / "m/1", "pvc://c/m/1"));
  EXPECT_TRUE(fs::exists(other->folder()));
}

TEST_F(Publish, KeepsItsMessageWithinATerminationLog) {
  wire::PublishMessage message;
  for (int i = 0; i < 1000; ++i) message.metrics.push_back({"metric_" + std::to_string(i), "0.5"});
  const std::string text = publish_text(message);
  EXPECT_LE(text.size(), 4096u);
  EXPECT_GT(nlohmann::json::parse(text)["metrics"].size(), 50u);
}

using Fetch = FolderTest;

TEST_F(Fetch, PutsTheModelWhereTheServerLooks) {
  const auto message = publish(write_output(), root_ / "m/1", "pvc://c/m/1");
  ASSERT_TRUE(fetch_model(root_ / "m/1", root_ / "to", message->output.manifest_digest));
  EXPECT_EQ(read("to/model.joblib"), "weights");
  EXPECT_EQ(read("to/.gyre/baseline.json"), read("m/1/baseline.json"));
  EXPECT_FALSE(exists("to/predictions.csv"));
}

TEST_F(Fetch, NamesTheFileThatWasChanged) {
  const auto message = publish(write_output(), root_ / "m/1", "pvc://c/m/1");
  write("m/1/model/model.joblib", "WEIGHTS");
  for (const auto& found : {verify_model(root_ / "m/1", message->output.manifest_digest),
                            fetch_model(root_ / "m/1", root_ / "to", message->output.manifest_digest)}) {
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kMismatch);
    EXPECT_THAT(found.error().message, HasSubstr("model/model.joblib has digest"));
  }
  EXPECT_FALSE(exists("to/model.joblib"));
}

TEST_F(Fetch, NoticesARemovedFileAndAChangedManifest) {
  const auto message = publish(write_output(), root_ / "m/1", "pvc://c/m/1");
  fs::remove(root_ / "m/1/predictions.csv");
  const auto removed = verify_model(root_ / "m/1", message->output.manifest_digest);
  EXPECT_THAT(removed.error().message, HasSubstr("predictions.csv is in the manifest and no longer there"));
  write("m/1/manifest.json", read("m/1/manifest.json") + " ");
  EXPECT_EQ(verify_model(root_ / "m/1", message->output.manifest_digest).error().code, Code::kMismatch);
  fs::remove(root_ / "m/1/manifest.json");
  EXPECT_EQ(verify_model(root_ / "m/1", message->output.manifest_digest).error().code, Code::kNotFound);
}

TEST_F(Fetch, DigestsAFolderAsSha256sumListsIt) {
  write("data/a.csv", "x\n1\n");
  write("data/b/c.csv", "x\n2\n");
  write("data/.hidden", "no");
  const std::string want = sha256_digest(sha256_hex("x\n1\n") + "  a.csv\n" + sha256_hex("x\n2\n") + "  b/c.csv\n");
  EXPECT_EQ(fetch_dataset(root_ / "data", root_ / "to", want)->digest, want);
  EXPECT_EQ(read("to/b/c.csv"), "x\n2\n");
  EXPECT_EQ(fetch_dataset(root_ / "data/a.csv", root_ / "one", "")->digest, sha256_digest("x\n1\n"));
  EXPECT_EQ(fetch_dataset(root_ / "data", root_ / "to", sha256_digest("")).error().code, Code::kMismatch);
}

TEST_F(Fetch, RefusesSymbolicLinksByName) {
  write("data/a.csv", "x\n");
  fs::create_symlink("/etc/passwd", root_ / "data/link.csv");
  EXPECT_THAT(fetch_dataset(root_ / "data", root_ / "to", "").error().message,
              HasSubstr("link.csv is a symbolic link"));
}

TEST(LocalPath, StaysWithinItsClaim) {
  EXPECT_EQ(*local_path("pvc://claim/a/b/", "/gyre/pvc"), "/gyre/pvc/claim/a/b");
  EXPECT_EQ(*local_path("pvc://claim", "/gyre/pvc"), "/gyre/pvc/claim");
  for (const char* bad : {"s3://b/k", "pvc://", "pvc://c/../other", "pvc://../x"})
    EXPECT_FALSE(local_path(bad, "/gyre/pvc")) << bad;
}

}  // namespace
}  // namespace gyre::worker
