#include "webhooks/certificate_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "webhooks/certificates.h"

namespace gyre::webhooks {
namespace {

const std::vector<std::string> kNames = {"localhost"};
const Time kNow{std::chrono::hours(24 * 365 * 60)};

struct CertificateFilesTest : testing::Test {
  CertificateFilesTest() { write(made); }
  ~CertificateFilesTest() override { std::filesystem::remove_all(folder); }

  void put(const char* name, const std::string& text) const { std::ofstream(folder / name) << text; }
  void write(const Certificates& certificates) const {
    put("tls.crt", certificates.serving.certificate);
    put("tls.key", certificates.serving.key);
    put("ca.crt", certificates.ca.certificate);
  }
  std::string problem() const {
    const auto files = read_certificate_files(folder);
    return files ? "" : files.error().message;
  }

  static std::filesystem::path make_folder() {
    std::string name = testing::TempDir() + "/certificates-XXXXXX";
    return mkdtemp(name.data());
  }
  const std::filesystem::path folder = make_folder();
  const Certificates made = *up_to_date(std::nullopt, kNames, kNow), other = *up_to_date(std::nullopt, kNames, kNow);
};

TEST_F(CertificateFilesTest, AreReadAsTheyStandNow) {
  EXPECT_EQ(read_certificate_files(folder), (CertificateFiles{made.serving, made.ca.certificate}));
  write(other);
  EXPECT_EQ(read_certificate_files(folder), (CertificateFiles{other.serving, other.ca.certificate}));
}

TEST_F(CertificateFilesTest, MustBelongTogether) {
  put("tls.key", other.serving.key);
  EXPECT_THAT(problem(), testing::HasSubstr("match a key to its certificate"));
  write(made);
  put("ca.crt", other.ca.certificate);
  EXPECT_THAT(problem(), testing::HasSubstr("does not lead to a CA of the bundle"));
  put("ca.crt", other.ca.certificate + made.ca.certificate);
  EXPECT_EQ(problem(), "");
}

TEST_F(CertificateFilesTest, AreNamedWhenTheyCannotBeRead) {
  for (const char* name : {"tls.crt", "tls.key", "ca.crt"}) {
    write(made);
    put(name, "");
    EXPECT_THAT(problem(), testing::HasSubstr(name));
    std::filesystem::remove(folder / name);
    EXPECT_THAT(problem(), testing::HasSubstr(name));
  }
}

}  // namespace
}  // namespace gyre::webhooks
