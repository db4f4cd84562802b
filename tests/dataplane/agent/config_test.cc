#include "dataplane/agent/config.h"

#include <gtest/gtest.h>

#include <map>

namespace gyre::agent {
namespace {

Result<Config> read(std::map<std::string, std::string> variables) {
  variables.emplace("GYRE_SERVICE", "s");
  variables.emplace("GYRE_REVISION", "r");
  return read_config([&](const std::string& name) { return variables[name]; });
}

TEST(Config, HasTheDefaultsOfTheContract) {
  const auto config = read({});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->upstream, (Address{"127.0.0.1", 8000}));
  EXPECT_EQ(config->listen, (Address{"0.0.0.0", 8080}));
  EXPECT_EQ(config->metrics_listen, (Address{"0.0.0.0", 9095}));
  EXPECT_EQ(config->timeout, std::chrono::seconds(60));
}

TEST(Config, ReadsTheCustomProtocol) {
  const auto config = read({{"GYRE_PROTOCOL", "custom"},
                            {"GYRE_CUSTOM", R"({"path":"/predict","features":"$.x[*]","prediction":"$.y[*]"})"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->mapping.custom->path, "/predict");
}

TEST(Config, NamesTheVariableThatIsWrong) {
  const std::pair<std::string, std::string> wrong[] = {
      {"GYRE_UPSTREAM", "8000"}, {"GYRE_LISTEN", "host:port"},     {"GYRE_METRICS_LISTEN", "h:70000"},
      {"GYRE_PROTOCOL", "grpc"}, {"GYRE_TIMEOUT_SECONDS", "soon"}, {"GYRE_TIMEOUT_SECONDS", "0"},
  };
  for (const auto& [name, value] : wrong) {
    const auto config = read({{name, value}});
    ASSERT_FALSE(config) << name;
    EXPECT_NE(config.error().message.find(name), std::string::npos) << config.error().message;
  }
  EXPECT_FALSE(read_config([](const std::string&) { return std::string(); }));
}

TEST(ParseAddress, TakesNamesAndBothFamilies) {
  EXPECT_EQ(*parse_address("x-1.ns.svc:80"), (Address{"x-1.ns.svc", 80}));
  EXPECT_EQ(*parse_address("[::1]:80"), (Address{"::1", 80}));
}

}  // namespace
}  // namespace gyre::agent
