#include "server/openapi/answer_schemas.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace forkjail::server {
namespace {

// What execution_response.cpp, left_files_json.cpp, session_json.cpp and status_handlers.cpp write;
// end-to-end tests hold real answers against it.
constexpr std::string_view kAnswerSchemas = R"json({
  "Result": {
    "type": "object",
    "required": ["result", "stdout"],
    "properties": {
      "result": {"description": "What main() returned, or the value of the last expression."},
      "stdout": {"type": "string", "description": "What the script printed."},
      "state": {"type": "string", "description": "In a session: the state that the run made."},
      "stderr": {"type": "string"},
      "usage": {"$ref": "#/components/schemas/Usage"},
      "truncated": {"$ref": "#/components/schemas/Truncated"},
      "display": {"type": "array", "items": {"$ref": "#/components/schemas/MimeBundle"}},
      "files": {"type": "array", "items": {"$ref": "#/components/schemas/File"}},
      "isolation": {"anyOf": [{"$ref": "#/components/schemas/Isolation"}, {"type": "null"}]}
    }
  },
  "Failure": {
    "type": "object",
    "required": ["error", "stdout"],
    "properties": {
      "error": {"type": "string", "description": "One line: what went wrong, where, and what to do."},
      "stdout": {"type": "string", "description": "What the script had printed before."},
      "state": {"type": ["string", "null"],
                "description": "In a session: the state that it is in now; null: it ended with the run."},
      "kind": {"type": "string"},
      "stderr": {"type": "string"},
      "usage": {"$ref": "#/components/schemas/Usage"},
      "truncated": {"$ref": "#/components/schemas/Truncated"},
      "display": {"type": "array", "items": {"$ref": "#/components/schemas/MimeBundle"}},
      "files": {"type": "array", "items": {"$ref": "#/components/schemas/File"}},
      "isolation": {"anyOf": [{"$ref": "#/components/schemas/Isolation"}, {"type": "null"}]},
      "details": {"$ref": "#/components/schemas/Details"}
    }
  },
  "Error": {
    "type": "object",
    "required": ["error"],
    "properties": {
      "error": {"type": "string", "description": "One line: what is wrong, and what to do."},
      "kind": {"type": "string"},
      "stdout": {"type": "string"}
    }
  },
  "Usage": {
    "type": "object",
    "required": ["wall_ms", "cpu_ms", "queue_ms", "memory_peak_mb"],
    "properties": {
      "wall_ms": {"type": "number"},
      "cpu_ms": {"type": "number"},
      "queue_ms": {"type": "number"},
      "memory_peak_mb": {"type": "number"}
    }
  },
  "Truncated": {
    "type": "object",
    "description": "What was dropped because it was too large.",
    "required": ["stdout", "stderr", "files", "display"],
    "properties": {
      "stdout": {"type": "boolean"},
      "stderr": {"type": "boolean"},
      "files": {"type": "boolean"},
      "display": {"type": "boolean"}
    }
  },
  "Details": {
    "type": "object",
    "required": ["kind", "type", "message", "line", "traceback", "syscall"],
    "properties": {
      "kind": {"type": "string", "enum": ["syntax", "no_main", "exception", "not_serializable", "exit",
               "wall_time", "cpu_time", "memory", "output", "syscall", "crash"]},
      "type": {"type": ["string", "null"], "description": "The exception's type."},
      "message": {"type": ["string", "null"]},
      "line": {"type": ["integer", "null"], "description": "Of the script."},
      "traceback": {"type": ["string", "null"]},
      "syscall": {"type": ["string", "null"], "description": "The refused system call."}
    }
  },
  "MimeBundle": {
    "type": "object",
    "description": "One figure or value, by media type; image/png is base64.",
    "additionalProperties": true
  },
  "File": {
    "type": "object",
    "required": ["path", "size", "media_type"],
    "properties": {
      "path": {"type": "string"},
      "size": {"type": "integer"},
      "media_type": {"type": "string"},
      "content": {"type": "string", "description": "UTF-8 text."},
      "content_base64": {"type": "string", "description": "Any other bytes."}
    }
  },
  "Layer": {
    "type": "object",
    "required": ["name", "state"],
    "properties": {
      "name": {"type": "string"},
      "state": {"type": "string"},
      "why": {"type": "string"}
    }
  },
  "Isolation": {
    "type": "object",
    "required": ["level", "layers"],
    "properties": {
      "level": {"type": "string"},
      "layers": {"type": "array", "items": {"$ref": "#/components/schemas/Layer"}}
    }
  },
  "State": {
    "type": "object",
    "required": ["state", "parent", "created_at"],
    "properties": {
      "state": {"type": "string"},
      "parent": {"type": ["string", "null"]},
      "created_at": {"type": "string", "format": "date-time"}
    }
  },
  "Session": {
    "type": "object",
    "required": ["session", "state", "head", "created_at", "expires_at", "memory_mb", "limits",
                 "checkpoints", "busy"],
    "properties": {
      "session": {"type": "string", "description": "Its id: who knows it can use the session."},
      "state": {"type": "string", "description": "The latest state; the same as head."},
      "head": {"type": "string"},
      "created_at": {"type": "string", "format": "date-time"},
      "expires_at": {"type": "string", "format": "date-time"},
      "memory_mb": {"type": "number"},
      "limits": {
        "type": "object",
        "properties": {
          "memory_mb": {"type": "number"},
          "idle_s": {"type": "number"},
          "life_s": {"type": "number"}
        }
      },
      "checkpoints": {"type": "boolean", "description": "Whether a run can be undone."},
      "busy": {"type": "boolean"},
      "states": {"type": "array", "items": {"$ref": "#/components/schemas/State"}}
    }
  },
  "SessionList": {
    "type": "object",
    "required": ["sessions"],
    "properties": {
      "sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}
    }
  },
  "WrittenFile": {
    "type": "object",
    "required": ["path", "size", "state"],
    "properties": {
      "path": {"type": "string"},
      "size": {"type": "integer"},
      "state": {"type": "string", "description": "The session's state that has the file."}
    }
  },
  "Interrupted": {
    "type": "object",
    "required": ["interrupted"],
    "properties": {"interrupted": {"type": "boolean"}}
  },
  "FileList": {
    "type": "object",
    "required": ["files", "truncated"],
    "properties": {
      "files": {"type": "array", "items": {"$ref": "#/components/schemas/File"}},
      "truncated": {"type": "boolean"}
    }
  },
  "Health": {
    "type": "object",
    "required": ["status", "timestamp"],
    "properties": {
      "status": {"type": "string", "enum": ["healthy"]},
      "timestamp": {"type": "number"}
    }
  },
  "Ready": {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string", "enum": ["ready"]}}
  },
  "Info": {
    "type": "object",
    "required": ["version", "ready", "packages", "limits", "isolation", "server", "pool"],
    "properties": {
      "version": {"type": "string"},
      "ready": {"type": "boolean"},
      "packages": {"type": ["object", "null"], "additionalProperties": {"type": "string"}},
      "limits": {"type": "object", "additionalProperties": {"type": "number"}},
      "isolation": {"anyOf": [{"$ref": "#/components/schemas/Isolation"}, {"type": "null"}]},
      "server": {"type": "object"},
      "pool": {"type": "object"},
      "sessions": {"type": ["object", "null"]}
    }
  },
  "KeyUsage": {
    "type": "object",
    "required": ["name", "hour", "day"],
    "properties": {
      "name": {"type": "string", "description": "Of the key."},
      "hour": {"$ref": "#/components/schemas/UsedSince"},
      "day": {"$ref": "#/components/schemas/UsedSince"}
    }
  },
  "UsedSince": {
    "type": "object",
    "required": ["since", "requests", "runs_ok", "runs_failed", "refused", "rate_limited",
                 "cpu_seconds", "memory_mb_seconds", "answer_bytes"],
    "properties": {
      "since": {"type": "string", "format": "date-time"},
      "requests": {"type": "integer"},
      "runs_ok": {"type": "integer"},
      "runs_failed": {"type": "integer"},
      "refused": {"type": "integer"},
      "rate_limited": {"type": "integer"},
      "cpu_seconds": {"type": "number"},
      "memory_mb_seconds": {"type": "number"},
      "answer_bytes": {"type": "integer"}
    }
  },
  "Bytes": {"type": "string", "format": "binary"},
  "Text": {"type": "string"}
})json";

}  // namespace

boost::json::object answer_schemas() { return boost::json::parse(kAnswerSchemas).as_object(); }

}  // namespace forkjail::server
