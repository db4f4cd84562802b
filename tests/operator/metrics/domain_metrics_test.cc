#include <gtest/gtest.h>

#include "tests/operator/metrics/world.h"

namespace gyre::metrics {
namespace {

using Json = nlohmann::json;

Json status(const char* phase, const char* type, const char* state, const char* reason) {
  return {{"phase", phase},
          {"conditions", {{{"type", type}, {"status", state}, {"reason", reason}, {"message", "-"}}}}};
}

TEST(Objects, AreCountedByPhase) {
  World world;
  EXPECT_TRUE(world.shows(R"(gyre_objects{kind="TrainingJob",phase="Running"} 0)")) << world.text();
  world.put("TrainingJob", "trainingjobs", "a", status("Running", "Progressing", "True", "Running"));
  world.put("TrainingJob", "trainingjobs", "b", status("Running", "Progressing", "True", "Running"));
  EXPECT_TRUE(world.shows(R"(gyre_objects{kind="TrainingJob",phase="Running"} 2)")) << world.text();
  EXPECT_TRUE(world.shows(R"(gyre_objects{kind="ModelVersion",phase="Approved"} 0)"));
}

TEST(Objects, AreCountedOnceWhateverBecomesOfThem) {
  World world;
  for (const char* phase : {"Pending", "Running", "Restarting", "Running", "Succeeded"})
    world.put("TrainingJob", "trainingjobs", "a", status(phase, "Complete", "False", phase));
  EXPECT_TRUE(world.shows(R"(gyre_objects{kind="TrainingJob",phase="Succeeded"} 1)")) << world.text();
  EXPECT_TRUE(world.shows(R"(gyre_objects{kind="TrainingJob",phase="Running"} 0)")) << world.text();
  world.remove("trainingjobs", "a");
  EXPECT_TRUE(world.shows(R"(gyre_objects{kind="TrainingJob",phase="Succeeded"} 0)")) << world.text();
}

TEST(Objects, AreCountedByCondition) {
  World world;
  world.put("TrainingJob", "trainingjobs", "a", status("Pending", "Stalled", "True", "NameTaken"));
  EXPECT_TRUE(world.shows(R"(gyre_conditions{kind="TrainingJob",type="Stalled",status="True",reason="NameTaken"} 1)"))
      << world.text();
  world.put("TrainingJob", "trainingjobs", "a", status("Running", "Progressing", "True", "Running"));
  EXPECT_TRUE(world.shows(R"(gyre_conditions{kind="TrainingJob",type="Progressing",status="True",reason="Running"} 1)"))
      << world.text();
  EXPECT_EQ(world.text().find("NameTaken"), std::string::npos) << "nobody has it any more";
}

TEST(Events, AreCountedFromZero) {
  World world;
  EXPECT_TRUE(world.shows(R"(gyre_events_total{kind="TrainingJob",type="Warning",reason="Failed"} 0)")) << world.text();
  world.put("TrainingJob", "trainingjobs", "a", {{"phase", "Pending"}});
  EXPECT_TRUE(world.shows(R"(gyre_events_total{kind="TrainingJob",type="Warning",reason="Failed"} 1)")) << world.text();
}

TEST(Caches, SayWhatTheyHold) {
  World world;
  world.put("TrainingJob", "trainingjobs", "a", {{"phase", "Pending"}});
  EXPECT_TRUE(world.shows(R"(gyre_cache_objects{resource="trainingjobs.gyre.dev"} 1)")) << world.text();
  EXPECT_TRUE(world.shows(R"(gyre_watch_stale{resource="trainingjobs.gyre.dev"} 0)")) << world.text();
  EXPECT_TRUE(world.shows("gyre_collector_agents 0"));
}

}  // namespace
}  // namespace gyre::metrics
