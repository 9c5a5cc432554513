/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-multistream.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-varint.h"

#define GREETING "/multistream/1.0.0"
#define NOT_AVAILABLE "na"
#define LIST "ls"
/* What a listener may answer to "ls". */
#define MAX_LIST_BYTES 16384

struct MeshMultistream
{
  gboolean is_dialer;
  gboolean is_greeted;
  gboolean is_over;
  char **protocols;    /* (owned) */
  guint n_proposals;   /* made (dialer) or seen (listener) */
  const char *agreed;  /* (unowned) (nullable): in protocols */
  GByteArray *message; /* (owned): its length and what came of it */
  gsize message_len;   /* of the body, once known */
  gboolean has_len;
  GByteArray *output; /* (owned) */
};

static void
append_message (GByteArray *array, const char *text)
{
  gsize len = strlen (text);

  mesh_varint_append (array, len + 1);
  g_byte_array_append (array, (const guint8 *) text, (guint) len);
  g_byte_array_append (array, (const guint8 *) "\n", 1);
}

static MeshMultistream *
new_core (const char *const *protocols, gboolean is_dialer)
{
  MeshMultistream *core = g_new0 (MeshMultistream, 1);

  core->is_dialer = is_dialer;
  core->protocols = g_strdupv ((char **) protocols);
  core->message = g_byte_array_new ();
  core->output = g_byte_array_new ();
  append_message (core->output, GREETING);
  return core;
}

static gboolean
propose_next (MeshMultistream *core)
{
  const char *protocol = core->protocols[core->n_proposals];

  if (protocol == NULL)
    return FALSE;
  core->n_proposals++;
  append_message (core->output, protocol);
  return TRUE;
}

MeshMultistream *
mesh_multistream_new_dialer (const char *const *protocols)
{
  MeshMultistream *core;

  g_return_val_if_fail (protocols[0] != NULL, NULL);

  core = new_core (protocols, TRUE);
  propose_next (core);
  return core;
}

MeshMultistream *
mesh_multistream_new_listener (const char *const *protocols)
{
  return new_core (protocols, FALSE);
}

void
mesh_multistream_free (MeshMultistream *core)
{
  g_strfreev (core->protocols);
  g_byte_array_unref (core->message);
  g_byte_array_unref (core->output);
  g_free (core);
}

gsize
mesh_multistream_get_wanted (const MeshMultistream *core)
{
  if (core->is_over)
    return 0;
  return core->has_len ? core->message_len - core->message->len : 1;
}

static gboolean
fail (MeshMultistream *core, MeshError code, const char *message, GError **error)
{
  core->is_over = TRUE;
  g_set_error (error, MESH_ERROR, (int) code, "Protocol negotiation failed: %s", message);
  return FALSE;
}

static void
agree (MeshMultistream *core, const char *protocol)
{
  core->agreed = protocol;
  core->is_over = TRUE;
}

static gboolean
handle_answer (MeshMultistream *core, const char *text, GError **error)
{
  const char *proposal = core->protocols[core->n_proposals - 1];

  if (strcmp (text, proposal) == 0)
    {
      agree (core, proposal);
      return TRUE;
    }
  if (strcmp (text, NOT_AVAILABLE) != 0)
    return fail (core, MESH_ERROR_PROTOCOL, "the peer answered another question", error);
  if (!propose_next (core))
    return fail (core, MESH_ERROR_UNSUPPORTED,
                 "the peer speaks none of the wanted protocols", error);
  return TRUE;
}

static void
append_list (MeshMultistream *core)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();

  for (guint i = 0; core->protocols[i] != NULL && list->len < MAX_LIST_BYTES; i++)
    append_message (list, core->protocols[i]);
  mesh_varint_append (core->output, list->len + 1);
  g_byte_array_append (core->output, list->data, list->len);
  g_byte_array_append (core->output, (const guint8 *) "\n", 1);
}

static gboolean
handle_proposal (MeshMultistream *core, const char *text, GError **error)
{
  if (++core->n_proposals > MESH_MULTISTREAM_MAX_PROPOSALS)
    return fail (core, MESH_ERROR_PROTOCOL, "the peer proposes too many", error);
  if (strcmp (text, LIST) == 0)
    {
      append_list (core);
      return TRUE;
    }
  for (guint i = 0; core->protocols[i] != NULL; i++)
    {
      if (strcmp (text, core->protocols[i]) != 0)
        continue;
      append_message (core->output, text);
      agree (core, core->protocols[i]);
      return TRUE;
    }
  append_message (core->output, NOT_AVAILABLE);
  return TRUE;
}

static gboolean
handle_message (MeshMultistream *core, GError **error)
{
  guint8 *data = core->message->data;
  gsize len = core->message->len;
  const char *text = (const char *) data;

  if (data[len - 1] != '\n' || memchr (data, '\0', len) != NULL)
    return fail (core, MESH_ERROR_PROTOCOL, "a message is not a line of text", error);
  data[len - 1] = '\0';
  if (!core->is_greeted)
    {
      if (strcmp (text, GREETING) != 0)
        return fail (core, MESH_ERROR_PROTOCOL, "the peer does not speak it", error);
      core->is_greeted = TRUE;
      return TRUE;
    }
  return core->is_dialer ? handle_answer (core, text, error)
                         : handle_proposal (core, text, error);
}

static gboolean
handle_len (MeshMultistream *core, GError **error)
{
  guint64 len;
  gssize n = mesh_varint_decode (core->message->data, core->message->len, &len);

  if (n == 0)
    return TRUE;
  if (n < 0 || len == 0 || len > MESH_MULTISTREAM_MAX_MESSAGE)
    return fail (core, MESH_ERROR_PROTOCOL, "a message has an impossible length", error);
  core->message_len = (gsize) len;
  core->has_len = TRUE;
  g_byte_array_set_size (core->message, 0);
  return TRUE;
}

gboolean
mesh_multistream_handle_bytes (MeshMultistream *core,
                               const guint8 *data,
                               gsize len,
                               GError **error)
{
  gboolean ok;

  g_return_val_if_fail (len <= mesh_multistream_get_wanted (core), FALSE);

  if (len == 0)
    return TRUE;
  g_byte_array_append (core->message, data, (guint) len);
  if (!core->has_len)
    return handle_len (core, error);
  if (core->message->len < core->message_len)
    return TRUE;
  ok = handle_message (core, error);
  g_byte_array_set_size (core->message, 0);
  core->has_len = FALSE;
  return ok;
}

GBytes *
mesh_multistream_take_output (MeshMultistream *core)
{
  GByteArray *output = core->output;

  if (output->len == 0)
    return NULL;
  core->output = g_byte_array_new ();
  return g_byte_array_free_to_bytes (output);
}

const char *
mesh_multistream_get_protocol (const MeshMultistream *core)
{
  return core->agreed;
}
