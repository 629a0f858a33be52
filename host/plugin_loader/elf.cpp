// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/elf.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::host {
namespace {

constexpr std::uint64_t kMaxNotes = 1 << 20;
constexpr std::size_t kMaxSegments = 1024;
static_assert(std::endian::native == std::endian::little, "the reader takes fields as they stand");

#if defined(__x86_64__)
constexpr std::uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr std::uint16_t kMachine = EM_RISCV;
#else
#error "name this machine's ELF number here"
#endif

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86_64";
    case EM_AARCH64:
      return "aarch64";
    case EM_386:
      return "i386";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390x";
    default:
      return format("number {}", machine);
  }
}

// A regular file, open for reading.
class File {
 public:
  explicit File(const std::filesystem::path& path)
      // Non-blocking so that a pipe without a writer does not hold the host.
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0 || ::fstat(descriptor_, &status_) != 0) error_ = errno;
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int error() const { return error_; }
  const struct stat& status() const { return status_; }
  std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }

  // Whether all of it could be read.
  bool read(std::uint64_t offset, void* to, std::size_t bytes) const {
    if (offset > size() || bytes > size() - offset) return false;
    auto* out = static_cast<char*>(to);
    while (bytes > 0) {
      const ssize_t got = ::pread(descriptor_, out, bytes, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      out += got;
      offset += static_cast<std::uint64_t>(got);
      bytes -= static_cast<std::size_t>(got);
    }
    return true;
  }

 private:
  int descriptor_;
  int error_ = 0;
  struct stat status_ {};
};

template <class... A>
Error refused(std::string_view pattern, const A&... arguments) {
  return {ErrorCode::InvalidArgument, "plugin_file", format(pattern, arguments...), {}, {}};
}

std::string first_bytes(const File& file) {
  std::array<char, 6> bytes{};
  const auto count = std::min<std::uint64_t>(bytes.size(), file.size());
  if (!file.read(0, bytes.data(), count)) return {};
  std::string shown(bytes.data(), count);
  for (char& c : shown) {
    if (c < ' ' || c > '~' || c == '\'') c = '.';
  }
  return shown;
}

constexpr std::uint64_t padded(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) & ~(alignment - 1);
}

// The content of the first Gatehouse note among `notes`.
std::optional<std::string_view> find_note(std::string_view notes, std::uint64_t alignment) {
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data(), sizeof header);
    const std::uint64_t owner_at = sizeof header;
    const std::uint64_t content_at = padded(owner_at + header.n_namesz, alignment);
    if (content_at > notes.size() || header.n_descsz > notes.size() - content_at) return {};
    const std::string_view owner = notes.substr(owner_at, header.n_namesz);
    if (owner == std::string_view(DescriptorNote::kOwner, sizeof DescriptorNote::kOwner) &&
        header.n_type == DescriptorNote::kType) {
      return notes.substr(content_at, header.n_descsz);
    }
    const std::uint64_t next = padded(content_at + header.n_descsz, alignment);
    notes.remove_prefix(std::min<std::uint64_t>(next, notes.size()));
  }
  return {};
}

// Takes what this host knows of a descriptor that may be older (shorter) or newer (longer).
Result<Descriptor> parse_descriptor(std::string_view content) {
  Descriptor descriptor;
  constexpr std::size_t kFirst = sizeof(Descriptor);  // what the first version had
  if (content.size() < kFirst) {
    return refused(
        "has a damaged Gatehouse descriptor ({} bytes, expected at least {}): build it anew",
        content.size(),
        kFirst);
  }
  std::memcpy(&descriptor, content.data(), sizeof descriptor);
  if (descriptor.magic != Descriptor::kMagic || descriptor.size < kFirst) {
    return refused(
        "has a damaged Gatehouse descriptor (wrong magic number or size): build it anew");
  }
  const auto ended = [](const auto& text) { return std::memchr(text, 0, sizeof text) != nullptr; };
  if (!ended(descriptor.compiler) || !ended(descriptor.name) || !ended(descriptor.version) ||
      !ended(descriptor.requirements)) {
    return refused("has a damaged Gatehouse descriptor (a text without an end): build it anew");
  }
  return descriptor;
}

Result<None> check_header(const File& file, const Elf64_Ehdr& header) {
  if (header.e_ident[EI_CLASS] == ELFCLASS32) {
    return refused("is a 32-bit library, this host is 64-bit: build it for {}",
                   machine_name(kMachine));
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
    return refused(
        "is built for another kind of machine (ELF class {}, byte order {}): build it "
        "for {}",
        static_cast<int>(header.e_ident[EI_CLASS]),
        static_cast<int>(header.e_ident[EI_DATA]),
        machine_name(kMachine));
  }
  if (header.e_machine != kMachine) {
    return refused("is built for machine {}, this host is {}: build it for {}",
                   machine_name(header.e_machine),
                   machine_name(kMachine),
                   machine_name(kMachine));
  }
  if (header.e_type == ET_EXEC) {
    return refused("is a program, not a plugin: build it with gatehouse_add_plugin()");
  }
  if (header.e_type != ET_DYN) {
    return refused("is not a shared library (ELF type {}): build it with gatehouse_add_plugin()",
                   header.e_type);
  }
  if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 ||
      header.e_phnum > kMaxSegments) {
    return refused(
        "is damaged: {} segment headers of {} bytes", header.e_phnum, header.e_phentsize);
  }
  const std::uint64_t table = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phoff > file.size() || table > file.size() - header.e_phoff) {
    return refused(
        "is truncated: its segment headers end beyond the file of {} bytes (incomplete "
        "copy?)",
        file.size());
  }
  return None{};
}

}  // namespace

Result<DescribedFile> read_descriptor(const std::filesystem::path& path) {
  const File file(path);
  if (file.error() != 0) {
    return refused("file {} cannot be read: {}", path.string(), std::strerror(file.error()));
  }
  if (!S_ISREG(file.status().st_mode)) {
    return refused("{} is not a regular file", path.string());
  }
  const auto in_file = [&path](Error error) {
    error.message = format("file {} {}", path.string(), error.message);
    return error;
  };

  Elf64_Ehdr header{};
  const bool whole = file.read(0, &header, sizeof header);
  std::array<char, SELFMAG> magic{};
  if (!file.read(0, magic.data(), magic.size()) ||
      std::memcmp(magic.data(), ELFMAG, SELFMAG) != 0) {
    return in_file(
        refused("is not a shared library (no ELF header; first bytes: '{}')", first_bytes(file)));
  }
  if (!whole) {
    return in_file(
        refused("is truncated: its header needs {} bytes, file has {} (incomplete copy?)",
                sizeof header,
                file.size()));
  }
  if (auto checked = check_header(file, header); !checked) {
    return in_file(std::move(checked).error());
  }
  std::vector<Elf64_Phdr> segments(header.e_phnum);
  if (!file.read(header.e_phoff, segments.data(), segments.size() * sizeof(Elf64_Phdr))) {
    return in_file(refused("cannot be read to its end"));
  }
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Elf64_Phdr& segment = segments[i];
    if (segment.p_type == PT_INTERP) {
      return in_file(refused("is a program, not a plugin: build it with gatehouse_add_plugin()"));
    }
    if (segment.p_filesz > file.size() || segment.p_offset > file.size() - segment.p_filesz) {
      const bool countable = segment.p_offset <= UINT64_MAX - segment.p_filesz;
      return in_file(
          refused("is truncated: segment {} needs {} bytes, file has {} (incomplete "
                  "copy?)",
                  i,
                  countable ? segment.p_offset + segment.p_filesz : UINT64_MAX,
                  file.size()));
    }
  }
  std::uint64_t looked_at = 0;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > kMaxNotes - looked_at) continue;
    looked_at += segment.p_filesz;
    std::string notes(segment.p_filesz, '\0');
    if (!file.read(segment.p_offset, notes.data(), notes.size())) continue;
    const auto content = find_note(notes, segment.p_align == 8 ? 8 : 4);
    if (!content) continue;
    auto descriptor = parse_descriptor(*content);
    if (!descriptor) return in_file(std::move(descriptor).error());
    return DescribedFile{{file.status().st_dev, file.status().st_ino}, *descriptor};
  }
  return in_file(
      refused("carries no Gatehouse descriptor: it is a shared library but not a Gatehouse "
              "plugin (GATEHOUSE_PLUGIN(...) missing?)"));
}

}  // namespace gatehouse::host
