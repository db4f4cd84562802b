#include "controllers/model_version/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/model_version/world.h"

namespace gyre::model_version {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kVerifyJob[] = "digits-1-verify";
constexpr char kEvaluateJob[] = "digits-1-evaluate-1";

World verifying() {
  World world;
  world.settle();
  return world;
}

// The artifact is proven and the gates are what is left.
World verified(std::vector<Gate> gates) {
  World world;
  world.gates(std::move(gates)).settle();
  world.job_ends(kVerifyJob, fetched());
  return world;
}

World evaluating() {
  World world = verified({beats_champion()});
  world.service("digits", "digits-0").settle();
  return world;
}

TEST(Decide, FirstSightNumbersAndVerifies) {
  World world;
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kVerifying);
  EXPECT_EQ(world.now_is().version, 1);
  EXPECT_EQ(world.now_is().verification_attempts, 1);
  EXPECT_EQ(world.condition(kReady), "False/Verifying");
  EXPECT_THAT(world.job_names(), ElementsAre(kVerifyJob));
}

TEST(Decide, AVersionBeingDeletedIsLeftAlone) {
  World world;
  world.deleted();
  const VersionPlan plan = world.plan();
  EXPECT_THAT(plan.applies, IsEmpty());
  EXPECT_EQ(plan.status, world.now_is());
}

TEST(Decide, WithoutGatesAVerifiedVersionIsApproved) {
  World world = verified({});
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
  EXPECT_EQ(world.condition(kReady), "True/Approved");
  EXPECT_EQ(world.condition(kVerified), "True/Verified");
  EXPECT_EQ(world.condition(kStalled), "absent");
  EXPECT_THAT(world.events(), ElementsAre("Verified", "Approved"));
}

TEST(Decide, ASteadyVersionCostsNoWrites) {
  World world = verified({});
  world.settle();
  world.later(24h);
  const VersionPlan plan = world.plan();
  EXPECT_THAT(plan.applies, IsEmpty());
  EXPECT_THAT(plan.deletions, IsEmpty());
  EXPECT_THAT(plan.events, IsEmpty());
  EXPECT_EQ(plan.status, world.now_is());
  EXPECT_FALSE(plan.requeue_after);
}

TEST(Decide, AJobThatWasReadExpiresAndIsNeverMadeAgain) {
  World world = verified({});
  world.settle();
  EXPECT_EQ(world.find_job(kVerifyJob)->spec.ttl_seconds_after_finished, 600);
  world.job_gone(kVerifyJob);
  EXPECT_EQ(world.settle(), 0);
  EXPECT_THAT(world.job_names(), IsEmpty());
}

TEST(Decide, AnExpiryKeepsTheTemplateOfItsTime) {
  World world = verified({});
  const auto before = world.find_job(kVerifyJob)->spec.template_;
  world.find_job(kVerifyJob)->spec.template_["spec"]["containers"][0]["image"] = "worker:0";
  world.settle();
  EXPECT_EQ(world.find_job(kVerifyJob)->spec.template_["spec"]["containers"][0]["image"], "worker:0");
  EXPECT_EQ(before["spec"]["containers"][0]["image"], "worker:1");
}

TEST(Decide, ADriftedJobIsNotFoughtOver) {
  World world = verifying();
  world.find_job(kVerifyJob)->spec.template_["metadata"]["labels"]["someone"] = "else";
  EXPECT_EQ(world.settle(), 0);
}

TEST(Decide, AForeignJobOfTheSameNameWaitsForAPerson) {
  World world;
  world.foreign_job(kVerifyJob);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.condition(kReady), "False/NameTaken");
  EXPECT_EQ(world.condition(kStalled), "True/NameTaken");
  EXPECT_TRUE(world.plan().requeue_after);

  world.job_gone(kVerifyJob);
  world.settle();
  EXPECT_EQ(world.condition(kStalled), "absent");
  EXPECT_THAT(world.job_names(), ElementsAre(kVerifyJob));
}

TEST(Decide, AMismatchIsAVerdictAtOnce) {
  World world = verifying();
  world.job_ends(kVerifyJob, R"({"mismatch": true, "error": "model/model.pkl differs"})");
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_EQ(world.condition(kReady), "False/DigestMismatch");
  EXPECT_EQ(world.condition(kVerified), "False/DigestMismatch");
  EXPECT_EQ(world.condition(kStalled), "True/DigestMismatch");
  EXPECT_THAT(world.message(kReady), HasSubstr("model/model.pkl differs"));
}

TEST(Decide, AnotherDigestThanTheSpecsIsAMismatch) {
  World world = verifying();
  world.job_ends(kVerifyJob, fetched("sha256:" + std::string(64, 'b')));
  world.settle();
  EXPECT_EQ(world.condition(kReady), "False/DigestMismatch");
}

struct Failure {
  const char* what;
  const char* message;
  const char* end;
};

class VerifyFailure : public testing::TestWithParam<Failure> {};

TEST_P(VerifyFailure, IsTriedAgainAfterABackoff) {
  World world = verifying();
  world.job_ends(kVerifyJob, GetParam().message, GetParam().end);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kVerifying);
  EXPECT_EQ(world.condition(kVerified), "False/VerifyFailed");
  EXPECT_THAT(world.message(kVerified), HasSubstr("pvc://models/published/1"));
  EXPECT_EQ(world.plan().requeue_after, Duration(10s));

  world.later(10s).settle();
  EXPECT_EQ(world.now_is().verification_attempts, 2);
  EXPECT_THAT(world.job_names(), ElementsAre(kVerifyJob, "digits-1-verify-2"));
  world.job_ends("digits-1-verify-2", fetched()).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
}

INSTANTIATE_TEST_SUITE_P(Table, VerifyFailure,
                         testing::Values(Failure{"an error", R"({"error": "no such folder"})", "Failed"},
                                         Failure{"an error with a definite end", R"({"error": "503"})", "Complete"},
                                         Failure{"no message", "", "Failed"},
                                         Failure{"not JSON", "Killed {", "Complete"},
                                         Failure{"a wrong type", R"({"digest": 7})", "Complete"},
                                         Failure{"a good digest of a failed Job",
                                                 R"({"digest": ")"
                                                 "sha256:aaaa"
                                                 R"("})",
                                                 "Failed"}));

TEST(Decide, BackoffIsBounded) {
  World world = verifying();
  world.status([](ModelVersionStatus& status) { status.verification_attempts = 40; });
  world.settle();
  world.job_ends("digits-1-verify-40", R"({"error": "gone"})", "Failed").settle();
  EXPECT_EQ(world.plan().requeue_after, Duration(5min));
}

TEST(Decide, AResultWhosePodIsNotSeenYetIsWaitedFor) {
  World world = verifying();
  world.job_completes_without_pod(kVerifyJob);
  const VersionPlan plan = world.plan();
  EXPECT_EQ(plan.status, world.now_is());
  EXPECT_EQ(plan.requeue_after, Duration(2s));
  EXPECT_THAT(plan.applies, IsEmpty());

  world.later(31s).settle();
  EXPECT_EQ(world.now_is().verification_attempts, 2) << "a pod that is gone leaves no result";
}

TEST(Decide, APodThatCannotRunSaysWhy) {
  World world = verifying();
  Observed seen = world.seen();
  Pod pod;
  pod.metadata = child_meta(seen.jobs.front()->metadata, kind_of(Type<Job>{}), "p");
  ChildCondition unscheduled;
  unscheduled.type = "PodScheduled";
  unscheduled.status = "False";
  unscheduled.message = "persistentvolumeclaim \"models\" not found";
  pod.status.conditions = {unscheduled};
  seen.pods = {std::make_shared<Pod>(pod)};
  const VersionPlan plan = decide(seen);
  EXPECT_THAT(find_condition(plan.status.conditions, kReady)->message, HasSubstr("\"models\" not found"));
}

// Gates

struct GateCase {
  const char* what;
  std::vector<Gate> gates;
  std::vector<Evaluation> evaluations;
  VersionPhase phase;
  const char* says;
};

class ValueGates : public testing::TestWithParam<GateCase> {};

TEST_P(ValueGates, Decide) {
  World world;
  world.spec([](ModelVersionSpec& spec) { spec.evaluations = GetParam().evaluations; });
  world.gates(GetParam().gates).settle();
  world.job_ends(kVerifyJob, fetched());
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), GetParam().phase);
  EXPECT_THAT(world.message(kGatesPassed), HasSubstr(GetParam().says));
}

Gate at_most(double max) {
  Gate gate;
  gate.metric = "loss";
  gate.max = max;
  return gate;
}

const double kNan = std::numeric_limits<double>::quiet_NaN();

INSTANTIATE_TEST_SUITE_P(
    Table, ValueGates,
    testing::Values(
        GateCase{"a value at its minimum passes",
                 {at_least(0.9)},
                 {{"accuracy", 0.9}},
                 VersionPhase::kApproved,
                 "all gates passed"},
        GateCase{"below the minimum",
                 {at_least(0.9)},
                 {{"accuracy", 0.89}},
                 VersionPhase::kRejected,
                 "gates[0] accuracy: 0.89, needs at least 0.9"},
        GateCase{"above the maximum", {at_most(1)}, {{"loss", 1.5}}, VersionPhase::kRejected, "needs at most 1"},
        GateCase{"a missing metric fails closed",
                 {at_least(0.9)},
                 {{"f1", 1}},
                 VersionPhase::kRejected,
                 "no metric accuracy; it reported f1"},
        GateCase{"no metrics at all", {at_least(0.9)}, {}, VersionPhase::kRejected, "it reported none"},
        GateCase{"NaN fails closed", {at_least(0.9)}, {{"accuracy", kNan}}, VersionPhase::kRejected, "not a number"},
        GateCase{"the second gate counts too",
                 {at_least(0.5), at_most(1)},
                 {{"accuracy", 0.9}, {"loss", 2}},
                 VersionPhase::kRejected,
                 "gates[1] loss"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Champion, WithoutOneComparisonsPassAndItIsSaid) {
  World world = verified({at_least(0.9), beats_champion()});
  world.service("digits", "");
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
  EXPECT_EQ(world.condition(kFirstVersion), "True/NoChampion");
  EXPECT_THAT(world.now_is().verdicts, testing::SizeIs(2));
}

TEST(Champion, ThatIsThisVeryVersionPasses) {
  World world = verified({beats_champion()});
  world.service("digits", "digits-1").settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
  EXPECT_EQ(world.condition(kFirstVersion), "absent");
}

TEST(Champion, SeveralServicesAndNoneNamedIsInconclusive) {
  World world = verified({beats_champion()});
  world.service("a", "digits-0").service("b", "digits-0").settle();
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_EQ(world.now_is().verdicts.at(0).result, VerdictResult::kInconclusive);
  EXPECT_THAT(world.message(kReady), HasSubstr("inferenceService: a"));
}

TEST(Champion, OneOfSeveralMayBeNamed) {
  World world = verified({beats_champion("b")});
  world.service("a", "digits-0").service("b", "digits-9").settle();
  EXPECT_EQ(world.find_job(kEvaluateJob)->metadata.annotations.at(kChampionAnnotation), "b/digits-9");
}

TEST(Champion, AServiceOfAnotherModelIsNone) {
  World world = verified({beats_champion()});
  world.service("letters", "letters-4", "letters").settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
}

TEST(Champion, AnInconclusiveGateMaySayPass) {
  Gate gate = beats_champion();
  gate.on_inconclusive = OnInconclusive::kPass;
  World world = verified({gate});
  world.service("digits", "digits-0").settle();
  world.job_ends(kEvaluateJob, compared("Inconclusive")).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
}

TEST(Champion, WithoutEvaluationRowsTheComparisonFailsClosed) {
  World world = verified({beats_champion()});
  world.spec([](ModelVersionSpec& spec) { spec.evaluation_rows.reset(); });
  world.service("digits", "digits-0").settle();
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_THAT(world.message(kReady), HasSubstr("evaluation.csv"));
}

TEST(Champion, AFailedValueGateAsksNobody) {
  World world = verified({beats_champion(), at_least(0.99)});
  world.service("digits", "digits-0").settle();
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_THAT(world.job_names(), Not(Contains(kEvaluateJob)));
}

TEST(Champion, ANamedServiceThatDoesNotExistIsWaitedForAndThenRejects) {
  World world = verified({beats_champion("absent")});
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kEvaluating);
  EXPECT_EQ(world.condition(kGatesPassed), "Unknown/ReferenceNotFound");
  world.later(31min).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_EQ(world.condition(kReady), "False/ReferenceNotFound");
}

struct Compared {
  const char* result;
  VersionPhase phase;
};

class Comparison : public testing::TestWithParam<Compared> {};

TEST_P(Comparison, Decides) {
  World world = evaluating();
  EXPECT_EQ(world.condition(kGatesPassed), "Unknown/Evaluating");
  world.job_ends(kEvaluateJob, compared(GetParam().result));
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), GetParam().phase);
  EXPECT_EQ(world.now_is().verdicts.at(0).champion, "digits-0");
  EXPECT_EQ(world.find_job(kEvaluateJob)->spec.ttl_seconds_after_finished, 600);
}

INSTANTIATE_TEST_SUITE_P(Table, Comparison,
                         testing::Values(Compared{"Superior", VersionPhase::kApproved},
                                         Compared{"NonInferior", VersionPhase::kApproved},
                                         Compared{"Inferior", VersionPhase::kRejected},
                                         Compared{"Inconclusive", VersionPhase::kRejected}),
                         [](const auto& info) { return std::string(info.param.result); });

struct Unanswered {
  const char* what;
  std::string message;
  const char* end;
};

class Unreachable : public testing::TestWithParam<Unanswered> {};

TEST_P(Unreachable, IsRetriedAndNoVerdict) {
  World world = evaluating();
  world.job_ends(kEvaluateJob, GetParam().message, GetParam().end);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), VersionPhase::kEvaluating);
  EXPECT_EQ(world.condition(kGatesPassed), "Unknown/ChampionUnreachable");
  EXPECT_EQ(world.now_is().verdicts.at(0).result, VerdictResult::kError);

  world.later(15s).settle();
  EXPECT_EQ(world.now_is().evaluation_attempts, 2);
  world.job_ends("digits-1-evaluate-2", compared("Superior")).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
}

INSTANTIATE_TEST_SUITE_P(Table, Unreachable,
                         testing::Values(Unanswered{"says so", R"({"error": "connection refused"})", "Failed"},
                                         Unanswered{"no message", "", "Failed"},
                                         Unanswered{"a gate left out", R"({"verdicts": []})", "Complete"},
                                         Unanswered{"a gate's own error", compared("Error"), "Complete"},
                                         Unanswered{"an unknown word", compared("Splendid"), "Complete"}),
                         [](const auto& info) { return std::to_string(info.index); });

TEST(Champion, ThatStaysUnreachableIsAVerdictAfterHalfAnHour) {
  World world = evaluating();
  for (int attempt = 1; world.phase() == VersionPhase::kEvaluating && attempt < 60; ++attempt) {
    world.job_ends(evaluate_name(world.version(), attempt), R"({"error": "refused"})", "Failed").settle();
    world.later(world.plan().requeue_after.value_or(0s)).settle();
  }
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_EQ(world.condition(kReady), "False/ChampionUnreachable");
  EXPECT_GT(world.now_is().evaluation_attempts, 10);
  EXPECT_LT(world.now_is().evaluation_attempts, 25);
}

TEST(Champion, ThatChangesMeanwhileIsAskedInstead) {
  World world = evaluating();
  world.service("digits", "digits-5").settle();
  EXPECT_THAT(world.job_names(), ElementsAre(kVerifyJob, "digits-1-evaluate-2")) << "the first is stopped";
  EXPECT_EQ(world.find_job("digits-1-evaluate-2")->metadata.annotations.at(kChampionAnnotation), "digits/digits-5");
}

TEST(Champion, ThatChangesJustAsTheAnswerArrivesIsAskedAnew) {
  World world = evaluating();
  world.job_ends(kEvaluateJob, compared("Superior"));
  world.service("digits", "digits-5").settle();
  EXPECT_EQ(world.phase(), VersionPhase::kEvaluating);
  world.job_ends("digits-1-evaluate-2", compared("Inferior")).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
}

TEST(Champion, TwoOfThemAreAskedOneAfterTheOther) {
  World world = verified({beats_champion("a"), beats_champion("b")});
  world.service("a", "digits-0").service("b", "digits-9").settle();
  world.job_ends(kEvaluateJob, compared("Superior")).settle();
  EXPECT_EQ(world.find_job("digits-1-evaluate-2")->metadata.annotations.at(kChampionAnnotation), "b/digits-9");
  world.job_ends("digits-1-evaluate-2", compared("NonInferior")).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
  EXPECT_EQ(world.now_is().verdicts.at(1).gate, 1);
  EXPECT_EQ(world.now_is().verdicts.at(1).champion, "digits-9");
}

// Approval

World awaiting() {
  World world;
  world.spec([](ModelVersionSpec& spec) { spec.approval.mode = ApprovalMode::kManual; }).settle();
  world.job_ends(kVerifyJob, fetched()).settle();
  return world;
}

TEST(Approval, ManualWaitsForAPerson) {
  World world = awaiting();
  EXPECT_EQ(world.phase(), VersionPhase::kAwaitingApproval);
  EXPECT_EQ(world.condition(kReady), "False/AwaitingApproval");
  EXPECT_THAT(world.message(kReady), HasSubstr("kubectl patch gmv digits-1"));
  EXPECT_EQ(world.settle(), 0);

  world.spec([](ModelVersionSpec& spec) { spec.approval.approved = Approved{kDigest}; }).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
}

TEST(Approval, OfOtherBytesIsNone) {
  World world = awaiting();
  world.spec([](ModelVersionSpec& spec) { spec.approval.approved = Approved{"sha256:" + std::string(64, 'b')}; });
  world.settle();
  EXPECT_EQ(world.phase(), VersionPhase::kAwaitingApproval);
  EXPECT_THAT(world.message(kReady), HasSubstr("manifestDigest is sha256:aaa"));
}

// Numbers

TEST(Number, CountsUpWithinTheModel) {
  World world;
  world.sibling("digits-a", 3, -1h).sibling("digits-b", 7, -2h).settle();
  EXPECT_EQ(world.now_is().version, 8);
}

TEST(Number, OfADeletedVersionThatIsStillServedIsNotGivenAgain) {
  World world;
  world.service("digits", "digits-gone");
  Observed seen = world.seen();
  auto service = std::make_shared<InferenceService>(*seen.services.front());
  service->status.stable->version = 4;
  seen.services = {service};
  EXPECT_EQ(decide(seen).status.version, 5);
}

TEST(Number, WaitsForAnOlderOneWithoutNumber) {
  World world;
  world.sibling("digits-older", 0, -1s);
  const VersionPlan plan = world.plan();
  EXPECT_EQ(plan.status.version, 0);
  EXPECT_EQ(plan.requeue_after, Duration(1s));
  EXPECT_EQ(plan.status.phase, VersionPhase::kVerifying) << "the work goes on";
}

TEST(Number, TiesAreBrokenByName) {
  World world;
  world.sibling("digits-0", 0, 0s);
  EXPECT_EQ(world.plan().status.version, 0);
  World first;
  first.sibling("digits-2", 0, 0s);
  EXPECT_EQ(first.plan().status.version, 1);
}

TEST(Number, GivenTwiceTheYoungerTakesAnother) {
  World world = verifying();
  world.sibling("digits-older", 1, -1s).settle();
  EXPECT_EQ(world.now_is().version, 2);
}

TEST(Number, GivenTwiceTheOlderKeepsIt) {
  World world = verifying();
  world.sibling("digits-younger", 1, 1s).settle();
  EXPECT_EQ(world.now_is().version, 1);
}

TEST(Number, OfAnApprovedVersionIsNeverTaken) {
  World world = verifying();
  world.sibling("digits-younger", 1, 1s, VersionPhase::kApproved).settle();
  EXPECT_EQ(world.now_is().version, 2);
}

TEST(Number, OfAFinalVersionNeverChanges) {
  World world = verified({});
  world.settle();
  world.sibling("digits-older", 1, -1h);
  EXPECT_EQ(world.settle(), 0);
}

// Facts, restarts, verdicts that stay

TEST(ServedBy, NamesEveryServiceThatUsesIt) {
  World world = verified({});
  world.service("z", "digits-1").settle();
  Observed seen = world.seen();
  auto canary = std::make_shared<InferenceService>();
  canary->metadata.name = "canary";
  canary->status.canary = RevisionStatus{.revision = "x", .model_version = "digits-1"};
  auto history = std::make_shared<InferenceService>();
  history->metadata.name = "history";
  history->status.history = {"digits-1"};
  auto other = std::make_shared<InferenceService>();
  other->metadata.name = "other";
  seen.services = {seen.services.front(), history, canary, other};
  EXPECT_THAT(decide(seen).status.served_by, ElementsAre("canary", "history", "z"));
}

TEST(Verdict, IsFinal) {
  World world = verified({at_least(0.99)});
  world.settle();
  ASSERT_EQ(world.phase(), VersionPhase::kRejected);
  world.spec([](ModelVersionSpec& spec) { spec.gates.clear(); });
  world.service("digits", "digits-0").later(1h).settle();
  EXPECT_EQ(world.phase(), VersionPhase::kRejected);
  EXPECT_EQ(find_condition(world.now_is().conditions, kReady)->observed_generation, 2);
}

TEST(Restart, AfterTheJobWasMadeButBeforeTheStatusFindsTheJob) {
  World world;
  world.apply(world.plan());
  world.status([](ModelVersionStatus& status) { status = {}; });
  EXPECT_THAT(world.plan().applies, IsEmpty());
  EXPECT_EQ(world.plan().status.phase, VersionPhase::kVerifying);
}

TEST(Restart, AfterTheExpiryButBeforeTheVerdictJudgesAgain) {
  World world = verified({});
  const VersionPlan plan = world.plan();
  const ModelVersionStatus before = world.now_is();
  world.apply(plan).status([&](ModelVersionStatus& status) { status = before; });
  world.settle();
  EXPECT_EQ(world.phase(), VersionPhase::kApproved);
}

TEST(Restart, WhileEvaluatingFindsTheSecondAttempt) {
  World world = evaluating();
  world.job_ends(kEvaluateJob, R"({"error": "refused"})", "Failed").settle();
  const ModelVersionStatus before = world.now_is();
  world.later(15s).apply(world.plan());
  world.status([&](ModelVersionStatus& status) { status = before; });
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.now_is().evaluation_attempts, 2);
  EXPECT_THAT(world.job_names(), ElementsAre(kVerifyJob, kEvaluateJob, "digits-1-evaluate-2"));
}

TEST(Recovery, ADeletedJobIsMadeAgainWhileItIsNeeded) {
  World world = verifying();
  world.job_gone(kVerifyJob).settle();
  EXPECT_THAT(world.job_names(), ElementsAre(kVerifyJob));
}

}  // namespace
}  // namespace gyre::model_version
