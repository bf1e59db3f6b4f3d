#include "server/openapi/operations.h"

#include <array>

namespace forkjail::server {
namespace {

using Answer = OperationAnswer;

constexpr Answer kWrongRequest{"400", "The request is wrong; the error names the field.", "Error"};
constexpr Answer kBusy{"503", "The service cannot run it now; Retry-After has the time to wait.",
                       "Error"};
constexpr Answer kNoSession{
    "404", "There is no such session, or no such state, any more; `kind` is the reason.", "Error"};

constexpr std::array kRunAnswers{
    Answer{"200", "The script ran to its end.", "Result"},
    kWrongRequest,
    Answer{"413", "The script, the files or the body are too large.", "Failure"},
    Answer{"422", "The script failed: an exception, a limit, a refused system call, a crash.",
           "Failure"},
    kBusy,
};
constexpr std::array kSessionRunAnswers{
    Answer{"200", "The script ran to its end.", "Result"},
    kWrongRequest,
    kNoSession,
    Answer{"409", "Too many runs wait in this session, or it has no states to go back to.",
           "Failure"},
    Answer{"413", "The script, the files or the body are too large.", "Failure"},
    Answer{"421", "Another instance of the service has this session; the error names it.",
           "Failure"},
    Answer{"422", "The script failed; `state` is the state that the session is in now.", "Failure"},
    kBusy,
};
constexpr std::array kNewSessionAnswers{Answer{"201", "The session is there.", "Session"},
                                        kWrongRequest, kBusy};
constexpr std::array kSessionAnswers{Answer{"200", "The session and its states.", "Session"},
                                     kNoSession};
constexpr std::array kSessionListAnswers{Answer{"200", "All sessions.", "SessionList"}};
constexpr std::array kSessionEndAnswers{Answer{"204", "It is gone.", {}}, kNoSession};
constexpr std::array kInterruptAnswers{
    Answer{"200", "Whether a run went on, which ends as by a time limit.", "Interrupted"},
    kNoSession};
constexpr Answer kNotThatFile{"409", "It is a folder, or the script's own rights do not allow it.",
                              "Error"};
constexpr Answer kFileTooLarge{"413", "The file is too large.", "Error"};
constexpr std::array kFileListAnswers{Answer{"200", "The files.", "FileList"}, kNoSession, kBusy};
constexpr std::array kFileAnswers{
    Answer{"200", "The file's bytes, of a media type told by its name and first bytes.", "Bytes",
           "application/octet-stream"},
    kWrongRequest,
    kNoSession,
    kNotThatFile,
    kFileTooLarge,
    kBusy};
constexpr std::array kFilePutAnswers{Answer{"200", "The file is there.", "WrittenFile"},
                                     kWrongRequest,
                                     kNoSession,
                                     kNotThatFile,
                                     kFileTooLarge,
                                     kBusy};
constexpr std::array kFileEndAnswers{Answer{"204", "The file is gone.", {}}, kWrongRequest,
                                     kNoSession, kNotThatFile, kBusy};
constexpr std::array kHealthAnswers{Answer{"200", "The process lives.", "Health"}};
constexpr std::array kUsageAnswers{
    Answer{"200", "What the key used in this hour and this day (UTC).", "KeyUsage"}};
constexpr std::array kReadyAnswers{Answer{"200", "Scripts can be run.", "Ready"}, kBusy};
constexpr std::array kInfoAnswers{Answer{"200", "What the service is.", "Info"}};
constexpr std::array kMetricsAnswers{
    Answer{"200", "Prometheus' text format.", "Text", "text/plain"}};

constexpr std::string_view kRunDescription =
    "Runs one script in a sandbox of its own, without network and processes. With `Accept: "
    "text/event-stream` the answer is a stream of Server-Sent Events: `stdout` and `stderr` "
    "{\"text\"} and `display` (a mime bundle) as they come, then one `result` or `error` with the "
    "body of the plain answer.";

constexpr std::array kOperations{
    Operation{.method = "post",
              .path = "/execute",
              .id = "execute",
              .summary = "Run a script",
              .description = kRunDescription,
              .body = OperationBody::fields,
              .form = RequestForm::execute,
              .answers = kRunAnswers},
    Operation{.method = "post",
              .path = "/sessions",
              .id = "create_session",
              .summary = "Make a session: state that lives between runs",
              .body = OperationBody::fields,
              .form = RequestForm::session,
              .answers = kNewSessionAnswers,
              .of_sessions = true},
    Operation{.method = "get",
              .path = "/sessions",
              .id = "list_sessions",
              .summary = "List sessions",
              .answers = kSessionListAnswers,
              .of_sessions = true},
    Operation{.method = "get",
              .path = "/sessions/{id}",
              .id = "get_session",
              .summary = "Describe a session and its states",
              .answers = kSessionAnswers,
              .of_sessions = true},
    Operation{.method = "delete",
              .path = "/sessions/{id}",
              .id = "end_session",
              .summary = "End a session",
              .answers = kSessionEndAnswers,
              .of_sessions = true},
    Operation{.method = "post",
              .path = "/sessions/{id}/execute",
              .id = "execute_in_session",
              .summary = "Run a script in a session",
              .description = "The run starts from the session's latest state, or from the one that "
                             "`from` names. A run that is killed leaves the session in the state "
                             "before it. Streams as POST /execute does.",
              .body = OperationBody::fields,
              .form = RequestForm::session_execute,
              .answers = kSessionRunAnswers,
              .of_sessions = true},
    Operation{.method = "post",
              .path = "/sessions/{id}/interrupt",
              .id = "interrupt_session",
              .summary = "End the run that goes on in a session",
              .answers = kInterruptAnswers,
              .of_sessions = true},
    Operation{.method = "get",
              .path = "/sessions/{id}/files",
              .id = "list_files",
              .summary = "List the files of a session's working directory",
              .answers = kFileListAnswers,
              .of_sessions = true},
    Operation{.method = "get",
              .path = "/sessions/{id}/files/{path}",
              .id = "get_file",
              .summary = "Read a file of a session",
              .answers = kFileAnswers,
              .of_sessions = true},
    Operation{.method = "put",
              .path = "/sessions/{id}/files/{path}",
              .id = "put_file",
              .summary = "Write a file into a session's working directory",
              .body = OperationBody::bytes,
              .answers = kFilePutAnswers,
              .of_sessions = true},
    Operation{.method = "delete",
              .path = "/sessions/{id}/files/{path}",
              .id = "delete_file",
              .summary = "Delete a file of a session",
              .answers = kFileEndAnswers,
              .of_sessions = true},
    Operation{.method = "get",
              .path = "/health",
              .id = "health",
              .summary = "Ask whether the process lives",
              .answers = kHealthAnswers,
              .open = true},
    Operation{.method = "get",
              .path = "/ready",
              .id = "ready",
              .summary = "Ask whether scripts can be run",
              .answers = kReadyAnswers,
              .open = true},
    Operation{.method = "get",
              .path = "/usage",
              .id = "usage",
              .summary = "What the key that asks has used",
              .answers = kUsageAnswers,
              .of_keys = true},
    Operation{.method = "get",
              .path = "/info",
              .id = "info",
              .summary = "Versions, packages, limits and the isolation in force",
              .answers = kInfoAnswers},
    Operation{.method = "get",
              .path = "/metrics",
              .id = "metrics",
              .summary = "Metrics for Prometheus",
              .answers = kMetricsAnswers},
};

}  // namespace

std::span<const Operation> operations() { return kOperations; }

}  // namespace forkjail::server
