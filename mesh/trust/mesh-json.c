/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-json.h"

#include <string.h>

#include "base/mesh-error.h"

typedef struct
{
  char *name;      /* (owned) */
  MeshJson *value; /* (owned) */
} Member;

struct MeshJson
{
  MeshJsonKind kind;
  union
  {
    gboolean boolean;
    gint64 integer;
    char *string;        /* (owned) */
    GPtrArray *elements; /* (owned) (element-type MeshJson) */
    GArray *members;     /* (owned) (element-type Member): in JCS order */
  };
};

typedef struct
{
  const guint8 *pos; /* (unowned): next byte */
  const guint8 *start;
  const guint8 *end;
  guint n_nodes;
  guint depth;
  MeshJson *open[MESH_JSON_MAX_DEPTH]; /* (unowned): containers not closed yet */
  char *name;                          /* (owned) (nullable): of the member being read */
} Parser;

static void
clear_member (gpointer data)
{
  Member *member = data;

  g_free (member->name);
  mesh_json_free (member->value);
}

static MeshJson *
new_json (MeshJsonKind kind)
{
  MeshJson *json = g_new0 (MeshJson, 1);

  json->kind = kind;
  if (kind == MESH_JSON_ARRAY)
    json->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_json_free);
  else if (kind == MESH_JSON_OBJECT)
    {
      json->members = g_array_new (FALSE, FALSE, sizeof (Member));
      g_array_set_clear_func (json->members, clear_member);
    }
  return json;
}

MeshJson *
mesh_json_new_boolean (gboolean value)
{
  MeshJson *json = new_json (MESH_JSON_BOOLEAN);

  json->boolean = value ? TRUE : FALSE;
  return json;
}

MeshJson *
mesh_json_new_integer (gint64 value)
{
  MeshJson *json;

  g_return_val_if_fail (ABS (value) <= MESH_JSON_MAX_INTEGER, NULL);
  json = new_json (MESH_JSON_INTEGER);
  json->integer = value;
  return json;
}

MeshJson *
mesh_json_new_string (const char *value)
{
  MeshJson *json;

  g_return_val_if_fail (value != NULL && g_utf8_validate (value, -1, NULL), NULL);
  json = new_json (MESH_JSON_STRING);
  json->string = g_strdup (value);
  return json;
}

MeshJson *
mesh_json_new_array (void)
{
  return new_json (MESH_JSON_ARRAY);
}

MeshJson *
mesh_json_new_object (void)
{
  return new_json (MESH_JSON_OBJECT);
}

/* Goes as deep as the document, which MESH_JSON_MAX_DEPTH bounds. */
void
mesh_json_free (MeshJson *json)
{
  if (json == NULL)
    return;
  if (json->kind == MESH_JSON_STRING)
    g_free (json->string);
  else if (json->kind == MESH_JSON_ARRAY)
    g_ptr_array_unref (json->elements);
  else if (json->kind == MESH_JSON_OBJECT)
    g_array_unref (json->members);
  g_free (json);
}

/* RFC 8785 §3.2.3: names sort by their UTF-16 code units, so characters beyond the BMP
 * (surrogates, from 0xD800) come before U+E000 to U+FFFF. */
static guint32
first_unit (gunichar c)
{
  return c < 0x10000 ? c : 0xd800 + ((c - 0x10000) >> 10);
}

static int
compare_names (const char *a, const char *b)
{
  gunichar ca, cb;

  while (*a != '\0' && *a == *b && (guchar) *a < 0x80)
    {
      a++;
      b++;
    }
  for (;;)
    {
      if (*a == '\0' || *b == '\0')
        return (*a != '\0') - (*b != '\0');
      ca = g_utf8_get_char (a);
      cb = g_utf8_get_char (b);
      if (ca != cb)
        break;
      a = g_utf8_next_char (a);
      b = g_utf8_next_char (b);
    }
  if (first_unit (ca) != first_unit (cb))
    return first_unit (ca) < first_unit (cb) ? -1 : 1;
  return ca < cb ? -1 : 1;
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  return compare_names (((const Member *) a)->name, ((const Member *) b)->name);
}

static gboolean
fail (const Parser *parser, GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "JSON: %s at byte %" G_GSIZE_FORMAT,
               what, (gsize) (parser->pos - parser->start));
  return FALSE;
}

static void
skip_space (Parser *parser)
{
  while (parser->pos < parser->end
         && (*parser->pos == ' ' || *parser->pos == '\t' || *parser->pos == '\n'
             || *parser->pos == '\r'))
    parser->pos++;
}

static gboolean
skip_literal (Parser *parser, const char *literal)
{
  gsize len = strlen (literal);

  if ((gsize) (parser->end - parser->pos) < len
      || memcmp (parser->pos, literal, len) != 0)
    return FALSE;
  parser->pos += len;
  return TRUE;
}

static gboolean
read_hex4 (Parser *parser, guint32 *value)
{
  guint32 result = 0;

  if (parser->end - parser->pos < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value ((char) parser->pos[i]);

      if (digit < 0)
        return FALSE;
      result = result << 4 | (guint32) digit;
    }
  parser->pos += 4;
  *value = result;
  return TRUE;
}

static gboolean
read_unicode_escape (Parser *parser, GString *text, GError **error)
{
  guint32 unit, low;

  if (!read_hex4 (parser, &unit))
    return fail (parser, error, "malformed \\u escape");
  if (unit >= 0xd800 && unit <= 0xdbff)
    {
      if (!skip_literal (parser, "\\u") || !read_hex4 (parser, &low) || low < 0xdc00
          || low > 0xdfff)
        return fail (parser, error, "lone surrogate");
      unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
  else if (unit >= 0xdc00 && unit <= 0xdfff)
    return fail (parser, error, "lone surrogate");
  if (unit == 0)
    return fail (parser, error, "NUL in a string");
  g_string_append_unichar (text, unit);
  return TRUE;
}

static gboolean
read_escape (Parser *parser, GString *text, GError **error)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  const char *found;

  if (parser->pos == parser->end)
    return fail (parser, error, "unfinished string");
  if (*parser->pos == 'u')
    {
      parser->pos++;
      return read_unicode_escape (parser, text, error);
    }
  found = strchr (from, *parser->pos);
  if (found == NULL || *found == '\0')
    return fail (parser, error, "unknown escape");
  g_string_append_c (text, to[found - from]);
  parser->pos++;
  return TRUE;
}

static char *
read_string (Parser *parser, GError **error)
{
  g_autoptr (GString) text = NULL;

  if (parser->pos == parser->end || *parser->pos != '"')
    {
      fail (parser, error, "a string was expected");
      return NULL;
    }
  parser->pos++;
  text = g_string_new (NULL);
  for (;;)
    {
      const guint8 *run = parser->pos;

      while (parser->pos < parser->end && *parser->pos != '"' && *parser->pos != '\\'
             && *parser->pos >= 0x20)
        parser->pos++;
      g_string_append_len (text, (const char *) run, parser->pos - run);
      if (parser->pos == parser->end || *parser->pos < 0x20)
        {
          fail (parser, error, "unfinished string or control character");
          return NULL;
        }
      if (*parser->pos++ == '"')
        return g_string_free (g_steal_pointer (&text), FALSE);
      if (!read_escape (parser, text, error))
        return NULL;
    }
}

static MeshJson *
read_integer (Parser *parser, GError **error)
{
  gboolean is_negative = skip_literal (parser, "-");
  gint64 value = 0;

  if (parser->pos == parser->end || !g_ascii_isdigit (*parser->pos))
    {
      fail (parser, error, "a value was expected");
      return NULL;
    }
  if (*parser->pos == '0' && parser->end - parser->pos > 1
      && g_ascii_isdigit (parser->pos[1]))
    {
      fail (parser, error, "number with a leading zero");
      return NULL;
    }
  for (; parser->pos < parser->end && g_ascii_isdigit (*parser->pos); parser->pos++)
    {
      value = value * 10 + (*parser->pos - '0');
      if (value > MESH_JSON_MAX_INTEGER)
        {
          fail (parser, error, "number beyond 53 bits");
          return NULL;
        }
    }
  if (parser->pos < parser->end
      && (*parser->pos == '.' || *parser->pos == 'e' || *parser->pos == 'E'))
    {
      fail (parser, error, "number that is no integer");
      return NULL;
    }
  return mesh_json_new_integer (is_negative ? -value : value);
}

/* A scalar, or an empty container whose opening bracket was read. */
static MeshJson *
read_value (Parser *parser, GError **error)
{
  MeshJson *json;
  char *text;

  if (++parser->n_nodes > MESH_JSON_MAX_NODES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE, "JSON: more than %u values",
                   MESH_JSON_MAX_NODES);
      return NULL;
    }
  if (skip_literal (parser, "{"))
    return new_json (MESH_JSON_OBJECT);
  if (skip_literal (parser, "["))
    return new_json (MESH_JSON_ARRAY);
  if (skip_literal (parser, "true"))
    return mesh_json_new_boolean (TRUE);
  if (skip_literal (parser, "false"))
    return mesh_json_new_boolean (FALSE);
  if (skip_literal (parser, "null"))
    return new_json (MESH_JSON_NULL);
  if (parser->pos == parser->end || *parser->pos != '"')
    return read_integer (parser, error);

  text = read_string (parser, error);
  if (text == NULL)
    return NULL;
  json = new_json (MESH_JSON_STRING);
  json->string = text;
  return json;
}

static gboolean
read_name (Parser *parser, GError **error)
{
  skip_space (parser);
  parser->name = read_string (parser, error);
  if (parser->name == NULL)
    return FALSE;
  skip_space (parser);
  if (!skip_literal (parser, ":"))
    return fail (parser, error, "':' was expected");
  return TRUE;
}

static gboolean
close_container (Parser *parser, GError **error)
{
  MeshJson *json = parser->open[--parser->depth];

  if (json->kind == MESH_JSON_ARRAY)
    return TRUE;
  g_array_sort (json->members, compare_members);
  for (guint i = 1; i < json->members->len; i++)
    if (g_str_equal (g_array_index (json->members, Member, i - 1).name,
                     g_array_index (json->members, Member, i).name))
      return fail (parser, error, "a name appears twice in an object that ends");
  return TRUE;
}

/* Puts @json where it belongs and opens it if it is a container. */
static gboolean
place_value (Parser *parser, MeshJson *json, MeshJson **root, GError **error)
{
  MeshJson *parent = parser->depth > 0 ? parser->open[parser->depth - 1] : NULL;

  if (parent == NULL)
    *root = json;
  else if (parent->kind == MESH_JSON_ARRAY)
    g_ptr_array_add (parent->elements, json);
  else
    {
      Member member = { g_steal_pointer (&parser->name), json };

      g_array_append_val (parent->members, member);
    }
  if (json->kind != MESH_JSON_ARRAY && json->kind != MESH_JSON_OBJECT)
    return TRUE;
  if (parser->depth == MESH_JSON_MAX_DEPTH)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE, "JSON: nested deeper than %d",
                   MESH_JSON_MAX_DEPTH);
      return FALSE;
    }
  parser->open[parser->depth++] = json;
  return TRUE;
}

/* After a value: closes what ends here. @is_done when the document is complete, else the
 * next value follows, its name read. */
static gboolean
read_between (Parser *parser, gboolean is_opened, gboolean *is_done, GError **error)
{
  *is_done = FALSE;
  while (parser->depth > 0)
    {
      gboolean is_object = parser->open[parser->depth - 1]->kind == MESH_JSON_OBJECT;

      skip_space (parser);
      if (skip_literal (parser, is_object ? "}" : "]"))
        {
          if (!close_container (parser, error))
            return FALSE;
          is_opened = FALSE;
          continue;
        }
      if (!is_opened && !skip_literal (parser, ","))
        return fail (parser, error, "',' or the end of an array or object was expected");
      return is_object ? read_name (parser, error) : TRUE;
    }
  *is_done = TRUE;
  return TRUE;
}

static MeshJson *
read_document (Parser *parser, GError **error)
{
  g_autoptr (MeshJson) root = NULL;
  gboolean is_done = FALSE;

  while (!is_done)
    {
      MeshJson *json;
      guint depth = parser->depth;

      skip_space (parser);
      json = read_value (parser, error);
      if (json == NULL)
        return NULL;
      if (!place_value (parser, json, &root, error)
          || !read_between (parser, parser->depth > depth, &is_done, error))
        return NULL;
    }
  skip_space (parser);
  if (parser->pos != parser->end)
    {
      fail (parser, error, "something follows the document");
      return NULL;
    }
  return g_steal_pointer (&root);
}

MeshJson *
mesh_json_parse (const guint8 *data, gsize len, GError **error)
{
  Parser parser = { .pos = data, .start = data, .end = data + len };
  MeshJson *root;

  if (len > MESH_JSON_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "JSON: %" G_GSIZE_FORMAT " bytes, at most %u are read", len,
                   MESH_JSON_MAX_BYTES);
      return NULL;
    }
  if (len == 0 || !g_utf8_validate_len ((const char *) data, len, NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "JSON: empty or not UTF-8");
      return NULL;
    }
  root = read_document (&parser, error);
  g_free (parser.name);
  return root;
}

static void
write_string (GString *out, const char *text)
{
  static const char escapes[] = "\b\t\n\f\r\"\\";
  static const char letters[] = "btnfr\"\\";

  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      const char *found = strchr (escapes, *p);

      if (found != NULL)
        g_string_append_printf (out, "\\%c", letters[found - escapes]);
      else if ((guchar) *p < 0x20)
        g_string_append_printf (out, "\\u%04x", (guint) *p);
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

static void
write_value (GString *out, const MeshJson *json)
{
  switch (json->kind)
    {
    case MESH_JSON_NULL:
      g_string_append (out, "null");
      break;
    case MESH_JSON_BOOLEAN:
      g_string_append (out, json->boolean ? "true" : "false");
      break;
    case MESH_JSON_INTEGER:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, json->integer);
      break;
    case MESH_JSON_STRING:
      write_string (out, json->string);
      break;
    case MESH_JSON_ARRAY:
      for (guint i = 0; i < json->elements->len; i++)
        {
          g_string_append_c (out, i == 0 ? '[' : ',');
          write_value (out, json->elements->pdata[i]);
        }
      g_string_append (out, json->elements->len == 0 ? "[]" : "]");
      break;
    case MESH_JSON_OBJECT:
      for (guint i = 0; i < json->members->len; i++)
        {
          const Member *member = &g_array_index (json->members, Member, i);

          g_string_append_c (out, i == 0 ? '{' : ',');
          write_string (out, member->name);
          g_string_append_c (out, ':');
          write_value (out, member->value);
        }
      g_string_append (out, json->members->len == 0 ? "{}" : "}");
      break;
    default:
      g_assert_not_reached ();
    }
}

GBytes *
mesh_json_to_bytes (const MeshJson *json)
{
  GString *out;

  g_return_val_if_fail (json != NULL, NULL);
  out = g_string_new (NULL);
  write_value (out, json);
  return g_string_free_to_bytes (out);
}

MeshJsonKind
mesh_json_get_kind (const MeshJson *json)
{
  return json->kind;
}

gboolean
mesh_json_get_boolean (const MeshJson *json)
{
  g_return_val_if_fail (json->kind == MESH_JSON_BOOLEAN, FALSE);
  return json->boolean;
}

gint64
mesh_json_get_integer (const MeshJson *json)
{
  g_return_val_if_fail (json->kind == MESH_JSON_INTEGER, 0);
  return json->integer;
}

const char *
mesh_json_get_string (const MeshJson *json)
{
  g_return_val_if_fail (json->kind == MESH_JSON_STRING, NULL);
  return json->string;
}

guint
mesh_json_get_length (const MeshJson *json)
{
  g_return_val_if_fail (json->kind == MESH_JSON_ARRAY || json->kind == MESH_JSON_OBJECT,
                        0);
  return json->kind == MESH_JSON_ARRAY ? json->elements->len : json->members->len;
}

const MeshJson *
mesh_json_get_element (const MeshJson *json, guint i)
{
  g_return_val_if_fail (json->kind == MESH_JSON_ARRAY && i < json->elements->len, NULL);
  return json->elements->pdata[i];
}

const char *
mesh_json_get_name (const MeshJson *json, guint i, const MeshJson **value)
{
  const Member *member;

  g_return_val_if_fail (json->kind == MESH_JSON_OBJECT && i < json->members->len, NULL);
  member = &g_array_index (json->members, Member, i);
  if (value != NULL)
    *value = member->value;
  return member->name;
}

const MeshJson *
mesh_json_get_member (const MeshJson *json, const char *name)
{
  Member key = { .name = (char *) name };
  guint i;

  g_return_val_if_fail (json->kind == MESH_JSON_OBJECT, NULL);
  if (!g_array_binary_search (json->members, &key, compare_members, &i))
    return NULL;
  return g_array_index (json->members, Member, i).value;
}

void
mesh_json_append (MeshJson *array, MeshJson *value)
{
  g_return_if_fail (array->kind == MESH_JSON_ARRAY && value != NULL);
  g_ptr_array_add (array->elements, value);
}

void
mesh_json_set (MeshJson *object, const char *name, MeshJson *value)
{
  Member member = { g_strdup (name), value };
  guint i = 0;

  g_return_if_fail (object->kind == MESH_JSON_OBJECT && value != NULL);
  while (i < object->members->len
         && compare_members (&g_array_index (object->members, Member, i), &member) < 0)
    i++;
  g_array_insert_val (object->members, i, member);
}

static const MeshJson *
get_required (const MeshJson *object, const char *name, MeshJsonKind kind, GError **error)
{
  const MeshJson *value;

  if (object->kind != MESH_JSON_OBJECT)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "JSON: not an object");
      return NULL;
    }
  value = mesh_json_get_member (object, name);
  if (value == NULL || value->kind != kind)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "JSON: \"%s\" is missing or of the wrong type", name);
      return NULL;
    }
  return value;
}

const char *
mesh_json_read_string (const MeshJson *object,
                       const char *name,
                       gsize max_len,
                       GError **error)
{
  const MeshJson *value = get_required (object, name, MESH_JSON_STRING, error);

  if (value == NULL)
    return NULL;
  if (strlen (value->string) > max_len)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "JSON: \"%s\" is longer than %" G_GSIZE_FORMAT " bytes", name,
                   max_len);
      return NULL;
    }
  return value->string;
}

gboolean
mesh_json_read_integer (const MeshJson *object,
                        const char *name,
                        gint64 min,
                        gint64 max,
                        gint64 *value,
                        GError **error)
{
  const MeshJson *found = get_required (object, name, MESH_JSON_INTEGER, error);

  if (found == NULL)
    return FALSE;
  if (found->integer < min || found->integer > max)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "JSON: \"%s\" is out of range",
                   name);
      return FALSE;
    }
  *value = found->integer;
  return TRUE;
}

const MeshJson *
mesh_json_read_container (const MeshJson *object,
                          const char *name,
                          MeshJsonKind kind,
                          guint max_length,
                          GError **error)
{
  const MeshJson *value = get_required (object, name, kind, error);

  if (value != NULL && mesh_json_get_length (value) > max_length)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "JSON: \"%s\" has more than %u entries", name, max_length);
      return NULL;
    }
  return value;
}
