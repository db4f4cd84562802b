#pragma once

#include <string>
#include <string_view>

#include "controllers/common/conditions.h"
#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// The plan with a condition.
VersionPlan with_condition(const Observed& seen, VersionPlan plan, const Statement& statement);
// Ready=False, because of this.
VersionPlan not_ready(const Observed& seen, VersionPlan plan, std::string_view reason, std::string message);

// The plan with an event, when the condition that it is about says something new.
VersionPlan with_event(const Observed& seen, VersionPlan plan, std::string_view condition, EventNote event);

// The verdict that this version is not used: final.
VersionPlan rejected(const Observed& seen, VersionPlan plan, std::string_view reason, std::string message);

// A Job that we need has the name of one that is not ours: waits for a person.
VersionPlan name_taken(const Observed& seen, VersionPlan plan, const std::string& job);

// The plan with status.servedBy and the generation that was looked at.
VersionPlan with_facts(const Observed& seen, VersionPlan plan);

}  // namespace gyre::model_version
