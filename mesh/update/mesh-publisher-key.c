/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-publisher-key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mesh-error.h"
#include "trust/mesh-signatures.h"

#define SUFFIX ".key"
#define HEX_LEN (2 * MESH_ED25519_SEED_BYTES)

void
mesh_publisher_key_free (MeshPublisherKey *key)
{
  if (key == NULL)
    return;
  g_free (key->name);
  g_free (key->path);
  g_clear_pointer (&key->public_key, mesh_public_key_unref);
  g_free (key);
}

static gboolean
fail (GError **error, MeshError code, const char *path, const char *why)
{
  g_set_error (error, MESH_ERROR, (int) code, "Publisher key “%s”: %s", path, why);
  return FALSE;
}

static MeshPublisherKey *
new_key (const char *name, const char *path, MeshKeypair *keypair)
{
  MeshPublisherKey *key = g_new0 (MeshPublisherKey, 1);

  key->name = g_strdup (name);
  key->path = g_strdup (path);
  key->public_key = mesh_public_key_ref (mesh_keypair_get_public_key (keypair));
  return key;
}

static gboolean
is_name (const char *name)
{
  return name[0] != '\0' && name[0] != '.'
         && strlen (name) <= MESH_PUBLISHER_KEY_MAX_NAME_LEN
         && name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789-_.")]
                == '\0';
}

static gboolean
write_new_file (const char *dir, const char *path, const char *text, GError **error)
{
  g_autofree char *temp = g_strconcat (path, ".new", NULL);
  gsize len = strlen (text);
  gboolean is_written;
  int saved_errno;
  int fd;

  unlink (temp);
  fd = open (temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (error, MESH_ERROR_IO, path, g_strerror (errno));
  is_written = write (fd, text, len) == (ssize_t) len && fsync (fd) == 0;
  saved_errno = errno;
  close (fd);
  if (is_written)
    {
      is_written = link (temp, path) == 0; /* never over an existing key */
      saved_errno = errno;
    }
  unlink (temp);
  if (!is_written)
    return fail (error,
                 saved_errno == EEXIST   ? MESH_ERROR_EXISTS
                 : saved_errno == ENOSPC ? MESH_ERROR_NO_SPACE
                                         : MESH_ERROR_IO,
                 path, g_strerror (saved_errno));
  fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
  return TRUE;
}

MeshPublisherKey *
mesh_publisher_key_create (const char *dir, const char *name, GError **error)
{
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autofree char *path = NULL;
  g_autofree char *file_name = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *line = NULL;
  guint8 seed[MESH_ED25519_SEED_BYTES];
  gboolean is_written;

  if (!is_name (name))
    {
      fail (error, MESH_ERROR_INVALID, name, "names have letters, digits, “-”, “_”, “.”");
      return NULL;
    }
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      fail (error, MESH_ERROR_IO, dir, g_strerror (errno));
      return NULL;
    }
  file_name = g_strconcat (name, SUFFIX, NULL);
  path = g_build_filename (dir, file_name, NULL);
  if (getrandom (seed, sizeof seed, 0) != sizeof seed)
    {
      fail (error, MESH_ERROR_IO, path, "the system gives no random numbers");
      return NULL;
    }
  keypair = mesh_keypair_new_from_seed (seed);
  hex = mesh_signatures_dup_hex (seed, sizeof seed);
  line = g_strconcat (hex, "\n", NULL);
  is_written = write_new_file (dir, path, line, error);
  explicit_bzero (seed, sizeof seed);
  explicit_bzero (hex, strlen (hex));
  explicit_bzero (line, strlen (line));
  return is_written ? new_key (name, path, keypair) : NULL;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const MeshPublisherKey *const *key_a = a;
  const MeshPublisherKey *const *key_b = b;

  return strcmp ((*key_a)->name, (*key_b)->name);
}

GPtrArray *
mesh_publisher_key_list (const char *dir, GError **error)
{
  g_autoptr (GPtrArray) keys
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_publisher_key_free);
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) own_error = NULL;
  const char *entry;

  folder = g_dir_open (dir, 0, &own_error);
  if (folder == NULL)
    {
      if (g_error_matches (own_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&keys);
      fail (error, MESH_ERROR_IO, dir, own_error->message);
      return NULL;
    }
  while ((entry = g_dir_read_name (folder)) != NULL
         && keys->len < MESH_PUBLISHER_KEY_MAX_KEYS)
    {
      g_autofree char *name = NULL;
      g_autofree char *path = g_build_filename (dir, entry, NULL);
      g_autoptr (MeshKeypair) keypair = NULL;

      if (!g_str_has_suffix (entry, SUFFIX))
        continue;
      name = g_strndup (entry, strlen (entry) - strlen (SUFFIX));
      keypair = is_name (name) ? mesh_publisher_key_load (path, NULL) : NULL;
      if (keypair != NULL)
        g_ptr_array_add (keys, new_key (name, path, keypair));
    }
  g_ptr_array_sort (keys, compare_keys);
  return g_steal_pointer (&keys);
}

static MeshKeypair *
parse_key (const char *path, char *text, gsize len, GError **error)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];
  MeshKeypair *keypair = NULL;

  if (len == HEX_LEN + 1 && text[HEX_LEN] == '\n')
    text[HEX_LEN] = '\0';
  if (len == sizeof seed)
    keypair = mesh_keypair_new_from_seed ((const guint8 *) text);
  else if ((len == HEX_LEN || len == HEX_LEN + 1)
           && mesh_signatures_read_hex (text, seed, sizeof seed))
    keypair = mesh_keypair_new_from_seed (seed);
  explicit_bzero (seed, sizeof seed);
  if (keypair == NULL)
    fail (error, MESH_ERROR_INVALID, path, "it does not hold an Ed25519 seed");
  return keypair;
}

MeshKeypair *
mesh_publisher_key_load (const char *path, GError **error)
{
  MeshKeypair *keypair;
  char text[HEX_LEN + 3] = { 0 };
  struct stat info;
  ssize_t len;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    {
      fail (error, errno == ENOENT ? MESH_ERROR_NOT_FOUND : MESH_ERROR_IO, path,
            g_strerror (errno));
      return NULL;
    }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)
      || (len = read (fd, text, sizeof text - 1)) < 0)
    {
      close (fd);
      fail (error, MESH_ERROR_IO, path, "it can't be read");
      return NULL;
    }
  close (fd);
  if ((info.st_mode & 077) != 0)
    {
      explicit_bzero (text, sizeof text);
      fail (error, MESH_ERROR_AUTH, path, "others can read it; do “chmod 600” on it");
      return NULL;
    }
  keypair = parse_key (path, text, (gsize) len, error);
  explicit_bzero (text, sizeof text);
  return keypair;
}
