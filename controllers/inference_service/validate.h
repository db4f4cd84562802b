#pragma once

#include <vector>

#include "crds/schema/validate.h"
#include "crds/v1alpha1/inference_service.h"

namespace gyre::inference_service {

// What the schema cannot say: that the template can be rendered, and that intervals can be measured.
std::vector<schema::FieldError> check_inference_service(const InferenceService& service);

}  // namespace gyre::inference_service
