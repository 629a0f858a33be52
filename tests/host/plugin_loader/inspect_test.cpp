// What can be said of a file without loading it. The claim: every file that the host cannot run
// gets its own text, and no file, however mangled, makes the inspector crash or hang.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <regex>

#include <elf.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "host/plugin_loader/plugin_file.hpp"
#include "tests/host/plugin_loader/fixtures.hpp"

namespace gatehouse::host {
namespace {

using test::fixture;
using test::Folder;
using test::read_file;
using test::write_file;

std::string refusal(const std::filesystem::path& file) {
  const auto inspected = inspect(file);
  EXPECT_FALSE(inspected.has_value()) << file;
  return inspected ? "" : inspected.error().message;
}

// The text without the folder of the file, so that a test can spell it out.
std::string short_refusal(const std::filesystem::path& file) {
  std::string text = refusal(file);
  const std::string folder = file.parent_path().string() + "/";
  const auto at = text.find(folder);
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? text : text.erase(at, folder.size());
}

// A copy of the good plugin with `bytes` written at `offset`.
std::filesystem::path patched(const Folder& folder, std::size_t offset, std::string_view bytes) {
  std::string copy = read_file(fixture("plain"));
  copy.replace(offset, bytes.size(), bytes);
  return write_file(folder.path() / "patched.so", copy);
}

// Where the content of the note begins in the good plugin.
std::size_t descriptor_offset() {
  const std::string file = read_file(fixture("plain"));
  const std::size_t owner = file.find(std::string_view("Gatehouse\0\0\0GHv1", 16));
  EXPECT_NE(owner, std::string::npos);
  return owner + 12;
}

TEST(Inspect, ReadsWhatAPluginSaysOfItself) {
  const auto notes = inspect(fixture("notes"));
  ASSERT_TRUE(notes.has_value()) << notes.error().message;
  EXPECT_EQ(notes->name, "notes");
  EXPECT_EQ(notes->version_text, "1.0.0");
  EXPECT_EQ(notes->sdk_major, GATEHOUSE_SDK_MAJOR);
  EXPECT_EQ(notes->sdk_minor, GATEHOUSE_SDK_MINOR);
  EXPECT_EQ(notes->libstdcxx_release, static_cast<std::uint32_t>(_GLIBCXX_RELEASE));
  EXPECT_TRUE(notes->compiler.starts_with("g++ ") || notes->compiler.starts_with("clang "))
      << notes->compiler;
  ASSERT_EQ(notes->needs.size(), 1U);
  EXPECT_EQ(notes->needs[0].name, "users");
  EXPECT_EQ(notes->needs[0].range(), ">= 1.0");
}

TEST(Inspect, SaysWhatAFileIsThatIsNoLibrary) {
  const Folder folder;
  EXPECT_EQ(short_refusal(write_file(folder.path() / "text.so", "hello, world")),
            "file text.so is not a shared library (no ELF header; first bytes: 'hello,')");
  EXPECT_EQ(short_refusal(write_file(folder.path() / "empty.so", "")),
            "file empty.so is not a shared library (no ELF header; first bytes: '')");
  EXPECT_EQ(short_refusal(write_file(folder.path() / "bytes.so", "\x7f'\x1b[0m")),
            "file bytes.so is not a shared library (no ELF header; first bytes: '...[0m')");
  EXPECT_EQ(short_refusal(folder.path() / "absent.so"),
            "file absent.so cannot be read: No such file or directory");
  std::filesystem::create_directory(folder.path() / "folder.so");
  EXPECT_EQ(short_refusal(folder.path() / "folder.so"), "folder.so is not a regular file");
  ASSERT_EQ(::mkfifo((folder.path() / "pipe.so").c_str(), 0600), 0);
  EXPECT_EQ(short_refusal(folder.path() / "pipe.so"), "pipe.so is not a regular file");
}

TEST(Inspect, TellsAProgramFromAPlugin) {
  EXPECT_EQ(short_refusal(std::filesystem::canonical("/proc/self/exe")).substr(0, 5), "file ");
  EXPECT_NE(
      refusal(std::filesystem::canonical("/proc/self/exe")).find("is a program, not a plugin"),
      std::string::npos);
  const Folder folder;
  EXPECT_EQ(
      short_refusal(patched(folder, offsetof(Elf64_Ehdr, e_type), std::string_view("\2\0", 2))),
      "file patched.so is a program, not a plugin: build it with gatehouse_add_plugin()");
  EXPECT_EQ(
      short_refusal(patched(folder, offsetof(Elf64_Ehdr, e_type), std::string_view("\1\0", 2))),
      "file patched.so is not a shared library (ELF type 1): build it with "
      "gatehouse_add_plugin()");
}

TEST(Inspect, SaysWhatMachineALibraryIsFor) {
  const Folder folder;
  const std::string other(1, static_cast<char>(EM_AARCH64));
  EXPECT_NE(refusal(patched(folder, offsetof(Elf64_Ehdr, e_machine), other + '\0'))
                .find("is built for machine aarch64, this host is x86_64"),
            std::string::npos);
  EXPECT_NE(
      refusal(patched(folder, EI_CLASS, "\1")).find("is a 32-bit library, this host is 64-bit"),
      std::string::npos);
  EXPECT_NE(refusal(patched(folder, EI_DATA, "\2")).find("is built for another kind of machine"),
            std::string::npos);
}

TEST(Inspect, SaysWhatIsMissingOfATruncatedFile) {
  const Folder folder;
  const std::string whole = read_file(fixture("plain"));
  const auto cut = [&](std::size_t bytes) {
    return short_refusal(write_file(folder.path() / "cut.so", whole.substr(0, bytes)));
  };
  EXPECT_EQ(cut(40),
            "file cut.so is truncated: its header needs 64 bytes, file has 40 (incomplete copy?)");
  EXPECT_EQ(
      cut(100),
      "file cut.so is truncated: its segment headers end beyond the file of 100 bytes (incomplete "
      "copy?)");
  const std::string text = cut(4096);
  EXPECT_TRUE(
      std::regex_match(text,
                       std::regex("file cut.so is truncated: segment [0-9]+ needs [0-9]+ bytes, "
                                  "file has 4096 \\(incomplete copy\\?\\)")))
      << text;
}

TEST(Inspect, TellsAForeignLibraryFromAPlugin) {
  EXPECT_EQ(
      short_refusal(fixture("no_descriptor")),
      "file no_descriptor.so carries no Gatehouse descriptor: it is a shared library but not a "
      "Gatehouse plugin (GATEHOUSE_PLUGIN(...) missing?)");
}

TEST(Inspect, NamesBothInterfacesWhereTheyDoNotFit) {
  EXPECT_EQ(short_refusal(fixture("sdk_2")),
            format("file sdk_2.so was built against SDK 2.{}, this host speaks SDK {}.{} (major "
                   "differs): rebuild the plugin",
                   GATEHOUSE_SDK_MINOR,
                   GATEHOUSE_SDK_MAJOR,
                   GATEHOUSE_SDK_MINOR));
  EXPECT_EQ(
      short_refusal(fixture("sdk_1_99")),
      format("file sdk_1_99.so needs SDK 1.99 or newer, this host has {}.{}: upgrade the host or "
             "rebuild against {}.{}",
             GATEHOUSE_SDK_MAJOR,
             GATEHOUSE_SDK_MINOR,
             GATEHOUSE_SDK_MAJOR,
             GATEHOUSE_SDK_MINOR));
}

TEST(Inspect, NamesTheCompilerFlagThatChangesTheLayout) {
  EXPECT_EQ(
      short_refusal(fixture("old_strings")),
      "file old_strings.so uses the other std::string layout (_GLIBCXX_USE_CXX11_ABI=0, host 1): "
      "rebuild it without setting that macro");
  EXPECT_EQ(
      short_refusal(fixture("debug_containers")),
      "file debug_containers.so was compiled with -D_GLIBCXX_DEBUG, the host without: rebuild it "
      "without");
#if defined(__SANITIZE_ADDRESS__)
  EXPECT_EQ(short_refusal(fixture("unsanitized")),
            "file unsanitized.so is no sanitizer build (address), but the host is: rebuild it with "
            "-fsanitize=address");
#elif defined(__SANITIZE_THREAD__)
  EXPECT_EQ(short_refusal(fixture("unsanitized")),
            "file unsanitized.so is no sanitizer build (thread), but the host is: rebuild it with "
            "-fsanitize=thread");
#else
  EXPECT_EQ(short_refusal(fixture("address_sanitizer")),
            "file address_sanitizer.so is a sanitizer build (address), the host is not: loading it "
            "would end the process; rebuild it without -fsanitize=address");
  EXPECT_EQ(
      short_refusal(fixture("thread_sanitizer")),
      "file thread_sanitizer.so is a sanitizer build (thread), the host is not: loading it would "
      "end the process; rebuild it without -fsanitize=thread");
#endif
}

TEST(Inspect, RefusesADamagedDescriptor) {
  const Folder folder;
  const std::size_t begin = descriptor_offset();
  const struct {
    const char* name;
    std::size_t offset;
    std::string bytes;
  } cases[] = {
      {"magic", offsetof(Descriptor, magic), "xxxx"},
      {"size", offsetof(Descriptor, size), std::string(4, '\0')},
      {"name without end", offsetof(Descriptor, name), std::string(sizeof Descriptor::name, 'a')},
      {"name with a path", offsetof(Descriptor, name), "../x"},
      {"version", offsetof(Descriptor, version), "one"},
      {"requirements", offsetof(Descriptor, requirements), "users >= many"},
      {"requirements without end",
       offsetof(Descriptor, requirements),
       std::string(sizeof Descriptor::requirements, 'a')},
  };
  for (const auto& c : cases) {
    EXPECT_NE(
        refusal(patched(folder, begin + c.offset, c.bytes)).find("damaged Gatehouse descriptor"),
        std::string::npos)
        << c.name;
  }
}

TEST(Inspect, TakesALongerDescriptorOfALaterMinor) {
  // Later members follow; a reader that knows only the first ones must not mind.
  const Folder folder;
  const std::uint32_t longer = sizeof(Descriptor) + 8;
  const std::string bytes(reinterpret_cast<const char*>(&longer), sizeof longer);
  EXPECT_TRUE(inspect(patched(folder, descriptor_offset() + offsetof(Descriptor, size), bytes))
                  .has_value());
}

TEST(Inspect, DoesNotPrintWhatATerminalWouldObey) {
  const Folder folder;
  const auto inspected =
      inspect(patched(folder, descriptor_offset() + offsetof(Descriptor, compiler), "\x1b[2Jg++"));
  ASSERT_TRUE(inspected.has_value());
  EXPECT_EQ(inspected->compiler.substr(0, 7), "?[2Jg++");
}

TEST(Inspect, SurvivesThreeThousandMangledFiles) {
  // Bytes of the headers and of the note area are changed, and files are cut anywhere. Whatever
  // comes of it is a value: a description or a text.
  const Folder folder;
  const std::string whole = read_file(fixture("plain"));
  const std::filesystem::path file = folder.path() / "mangled.so";
  const std::size_t heads = std::min<std::size_t>(whole.size(), 2048);
  std::mt19937 random(20240501);
  const auto below = [&random](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = whole;
    const std::size_t changes = 1 + below(8);
    for (std::size_t i = 0; i < changes; ++i) {
      static constexpr char kNasty[] = {'\0', '\x01', '\x7f', '\x80', '\xff'};
      const std::size_t at = below(heads);
      bytes[at] = below(2) == 0 ? kNasty[below(std::size(kNasty))] : static_cast<char>(below(256));
    }
    if (below(3) == 0) bytes.resize(below(whole.size()));
    std::filesystem::remove(file);  // a file system may take its time to cut one that is there
    write_file(file, bytes);
    const auto inspected = inspect(file);
    if (!inspected) {
      ++refused;
      EXPECT_FALSE(inspected.error().message.empty());
    }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_LT(refused, 3000);
}

}  // namespace
}  // namespace gatehouse::host
