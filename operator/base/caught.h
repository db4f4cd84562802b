#pragma once

#include <exception>

#include "operator/base/result.h"

namespace gyre {

// What `work` answers. Our code does not throw; what a library throws past its call site is a bug, and no reason to
// fall over: it becomes kInternal.
template <class Work>
auto caught(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& bug) {
    return fail(Code::kInternal, "UncaughtException", bug.what());
  }
}

}  // namespace gyre
