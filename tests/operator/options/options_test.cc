#include "operator/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre {
namespace {

using testing::HasSubstr;

struct Parsed {
  std::optional<OperatorOptions> options;
  int exit_code = 0;
  std::string said;
};

Parsed parse(std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"gyre-operator", "--agent-image=a", "--worker-image=w"});
  std::vector<char*> pointers;
  for (std::string& flag : flags) pointers.push_back(flag.data());
  Parsed out;
  testing::internal::CaptureStderr();
  out.options = parse_options(static_cast<int>(pointers.size()), pointers.data(), out.exit_code);
  out.said = testing::internal::GetCapturedStderr();
  return out;
}

TEST(Options, ConcurrencyIsForAllKindsOrForOne) {
  const Parsed usual = parse({});
  ASSERT_TRUE(usual.options);
  EXPECT_EQ(usual.options->concurrency.of("TrainingJob"), 2);
  const Parsed given = parse({"--concurrency=3", "--concurrency=TrainingJob=8", "--concurrency=ModelVersion=1"});
  ASSERT_TRUE(given.options) << given.said;
  EXPECT_EQ(given.options->concurrency.of("TrainingJob"), 8);
  EXPECT_EQ(given.options->concurrency.of("ModelVersion"), 1);
  EXPECT_EQ(given.options->concurrency.of("Experiment"), 3);
}

TEST(Options, TheApiServerIsAskedWithoutLimitUnlessOneIsSet) {
  EXPECT_EQ(parse({}).options->api_rate.qps, 0);
  const Parsed given = parse({"--kube-api-qps=12.5", "--kube-api-burst=30"});
  ASSERT_TRUE(given.options) << given.said;
  EXPECT_EQ(given.options->api_rate.qps, 12.5);
  EXPECT_EQ(given.options->api_rate.burst, 30);
}

TEST(Options, NamespacesAreRepeatable) {
  const Parsed given = parse({"--namespace=team-a", "--namespace=team-b"});
  ASSERT_TRUE(given.options) << given.said;
  EXPECT_EQ(given.options->namespaces, (std::vector<std::string>{"team-a", "team-b"}));
}

TEST(Options, EachProcessHasANameOfItsOwnUnlessOneIsGiven) {
  EXPECT_NE(parse({}).options->pod_name, parse({}).options->pod_name);
  EXPECT_EQ(parse({"--pod-name=gyre-operator-0"}).options->pod_name, "gyre-operator-0");
}

struct BadFlag {
  std::string name, flag, says;
};
class BadFlags : public testing::TestWithParam<BadFlag> {};

TEST_P(BadFlags, EndTheProgramWithTheReason) {
  const Parsed parsed = parse({GetParam().flag});
  EXPECT_FALSE(parsed.options);
  EXPECT_NE(parsed.exit_code, 0);
  EXPECT_THAT(parsed.said, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadFlags,
    testing::Values(BadFlag{"NoNumber", "--concurrency=many", "\"many\": must be a number from 1 to 64"},
                    BadFlag{"TooMany", "--concurrency=65", "from 1 to 64"},
                    BadFlag{"None", "--concurrency=TrainingJob=0", "from 1 to 64"},
                    BadFlag{"UnknownKind", "--concurrency=Job=2", "\"Job\" is no kind of ours"},
                    BadFlag{"NegativeRate", "--kube-api-qps=-1", "--kube-api-qps"},
                    BadFlag{"NoBurst", "--kube-api-burst=0", "--kube-api-burst"},
                    BadFlag{"NamespaceWithSlash", "--namespace=a/b", "\"a/b\" is no name of a namespace"},
                    BadFlag{"EmptyNamespace", "--namespace=", "--namespace"},
                    BadFlag{"NamespaceEndsWithDash", "--namespace=a-", "\"a-\" is no name of a namespace"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace gyre
