#include "operator/kube/credentials.h"

#include <gtest/gtest.h>

#include "tests/support/environment.h"

namespace gyre::kube {
namespace {

constexpr auto kNever = Credentials::Steady::time_point::max();

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() {
    config_.token_file = folder_.write("token", "token-1\n");
    config_.ca_file = folder_.write("ca.crt", "ca-1");
    config_.client_cert_file = folder_.write("tls.crt", "cert-1");
    config_.client_key_file = folder_.write("tls.key", "key-1");
  }
  void rotate() const {
    folder_.write("token", "token-2");
    folder_.write("ca.crt", "ca-2");
    folder_.write("tls.crt", "cert-2");
    folder_.write("tls.key", "key-2");
  }

  const support::Folder folder_;
  Config config_;
  const Identity first_{"token-1", "ca-1", "cert-1", "key-1"};
  const Identity second_{"token-2", "ca-2", "cert-2", "key-2"};
};

TEST_F(CredentialsTest, FilesAreReadAgainWhenTheyAreOld) {
  Credentials credentials(config_, Duration(0));
  EXPECT_EQ(**credentials.current(kNever), first_);
  rotate();
  EXPECT_EQ(**credentials.current(kNever), second_);
}

TEST_F(CredentialsTest, FilesAreNotReadAgainBefore) {
  Credentials credentials(config_, std::chrono::hours(1));
  EXPECT_EQ(**credentials.current(kNever), first_);
  rotate();
  EXPECT_EQ(**credentials.current(kNever), first_);
}

TEST_F(CredentialsTest, WhatWasRefusedIsReadAgainAtOnceButNotForAnOldRefusal) {
  Credentials credentials(config_, std::chrono::hours(1));
  const IdentityPtr old = *credentials.current(kNever);
  rotate();
  credentials.reject(old);
  EXPECT_EQ(**credentials.current(kNever), second_);
  folder_.write("token", "token-3");
  credentials.reject(old);
  EXPECT_EQ(**credentials.current(kNever), second_);
}

TEST_F(CredentialsTest, AFileThatIsGoneLeavesWhatItHeld) {
  Credentials credentials(config_, Duration(0));
  ASSERT_EQ(**credentials.current(kNever), first_);
  std::filesystem::remove(config_.token_file);
  std::filesystem::remove(config_.client_key_file);
  folder_.write("tls.crt", "cert-2");
  folder_.write("ca.crt", "ca-2");
  // A certificate without its key is of no use.
  EXPECT_EQ(**credentials.current(kNever), (Identity{"token-1", "ca-2", "cert-1", "key-1"}));
}

TEST_F(CredentialsTest, AFileThatIsEmptyLeavesWhatItHeld) {
  Credentials credentials(config_, Duration(0));
  ASSERT_EQ(**credentials.current(kNever), first_);
  folder_.write("token", "\n");
  folder_.write("ca.crt", "");
  EXPECT_EQ(**credentials.current(kNever), first_);
}

TEST_F(CredentialsTest, WhatDoesNotChangeIsTheSamePointer) {
  Credentials credentials(config_, Duration(0));
  EXPECT_EQ(*credentials.current(kNever), *credentials.current(kNever));
}

}  // namespace
}  // namespace gyre::kube
