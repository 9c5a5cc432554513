/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-http.h"

#include <string.h>
#include <sys/socket.h>

#include "node/mesh.h"

#include "master/shoald-master-listener.h"

guint
shoald_master_http_status_for (const GError *error)
{
  static const struct
  {
    MeshError code;
    guint status;
  } table[] = {
    { MESH_ERROR_INVALID, SOUP_STATUS_BAD_REQUEST },
    { MESH_ERROR_UNSUPPORTED, SOUP_STATUS_BAD_REQUEST },
    { MESH_ERROR_NOT_FOUND, SOUP_STATUS_NOT_FOUND },
    { MESH_ERROR_REFUSED, SOUP_STATUS_NOT_FOUND },
    { MESH_ERROR_EXISTS, SOUP_STATUS_CONFLICT },
    { MESH_ERROR_BUSY, SOUP_STATUS_SERVICE_UNAVAILABLE },
    { MESH_ERROR_CLOSED, SOUP_STATUS_SERVICE_UNAVAILABLE },
    { MESH_ERROR_NO_SPACE, SOUP_STATUS_INSUFFICIENT_STORAGE },
    { MESH_ERROR_LIMIT, SOUP_STATUS_INSUFFICIENT_STORAGE },
    { MESH_ERROR_TOO_LARGE, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE },
    { MESH_ERROR_BAD_SIGNATURE, SOUP_STATUS_FORBIDDEN },
    { MESH_ERROR_UNKNOWN_KEY, SOUP_STATUS_FORBIDDEN },
    { MESH_ERROR_THRESHOLD, SOUP_STATUS_FORBIDDEN },
    { MESH_ERROR_ROLLBACK, SOUP_STATUS_CONFLICT },
    { MESH_ERROR_MIXED, SOUP_STATUS_CONFLICT },
    { MESH_ERROR_EXPIRED, SOUP_STATUS_UNPROCESSABLE_ENTITY },
    { MESH_ERROR_WRONG_APP, SOUP_STATUS_UNPROCESSABLE_ENTITY },
    { MESH_ERROR_WRONG_CHANNEL, SOUP_STATUS_UNPROCESSABLE_ENTITY },
    { MESH_ERROR_UNSAFE_PATH, SOUP_STATUS_UNPROCESSABLE_ENTITY },
  };

  if (error->domain == MESH_ERROR)
    for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
      if ((int) table[i].code == error->code)
        return table[i].status;
  return SOUP_STATUS_INTERNAL_SERVER_ERROR;
}

/* JSON strings: quotes, backslashes and control characters are escaped. */
static void
append_json_string (GString *text, const char *string)
{
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (text, '"');
  for (const char *p = valid; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (text, "\\%c", *p);
    else if ((guchar) *p < 0x20)
      g_string_append_printf (text, "\\u%04x", (guchar) *p);
    else
      g_string_append_c (text, *p);
  g_string_append_c (text, '"');
}

void
shoald_master_http_reply (SoupServerMessage *msg,
                          guint status,
                          const char *content_type,
                          GBytes *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  soup_server_message_set_status (msg, status, NULL);
  soup_message_headers_replace (headers, "Content-Type", content_type);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_body_append_bytes (soup_server_message_get_response_body (msg), body);
}

void
shoald_master_http_fail_text (SoupServerMessage *msg,
                              guint status,
                              const char *nick,
                              const char *message)
{
  g_autoptr (GString) text = g_string_new ("{\"error\":");
  g_autoptr (GBytes) body = NULL;

  append_json_string (text, nick);
  g_string_append (text, ",\"message\":");
  append_json_string (text, message);
  g_string_append (text, "}\n");
  body = g_string_free_to_bytes (g_steal_pointer (&text));
  soup_message_headers_replace (soup_server_message_get_response_headers (msg),
                                "Cache-Control", "no-store");
  shoald_master_http_reply (msg, status, "application/json", body);
}

void
shoald_master_http_fail (SoupServerMessage *msg, const GError *error)
{
  guint status = shoald_master_http_status_for (error);

  if (status == SOUP_STATUS_INTERNAL_SERVER_ERROR)
    {
      g_warning ("Request of %s failed: %s", shoald_master_http_get_address (msg),
                 error->message);
      shoald_master_http_fail_text (msg, status, "Failed",
                                    "The server has a fault; its log says which");
      return;
    }
  shoald_master_http_fail_text (msg, status, mesh_error_get_nick (error->code),
                                error->message);
}

gboolean
shoald_master_http_etag_matches (const char *if_none_match, const char *etag)
{
  g_auto (GStrv) tags = NULL;
  gboolean is_match = FALSE;

  if (if_none_match == NULL)
    return FALSE;
  if (g_str_has_prefix (etag, "W/"))
    etag += 2;
  tags = g_strsplit (if_none_match, ",", -1);
  for (guint i = 0; tags[i] != NULL && !is_match; i++)
    {
      const char *tag = g_strstrip (tags[i]);

      if (g_str_has_prefix (tag, "W/"))
        tag += 2;
      is_match = strcmp (tag, "*") == 0 || strcmp (tag, etag) == 0;
    }
  return is_match;
}

const char *
shoald_master_http_get_address (SoupServerMessage *msg)
{
  const char *host = soup_server_message_get_remote_host (msg);

  return host != NULL ? host : "unknown";
}

void
shoald_master_http_cut (SoupServerMessage *msg)
{
  GSocket *socket
      = shoald_master_listener_get_socket (soup_server_message_get_remote_address (msg));

  if (socket != NULL && !g_socket_is_closed (socket))
    shutdown (g_socket_get_fd (socket), SHUT_RDWR);
}
