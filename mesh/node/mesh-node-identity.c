/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "node/mesh-node-identity.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <sodium.h>

#include "base/mesh-error.h"

static gboolean
fail_errno (const char *what, const char *path, GError **error)
{
  int saved = errno;

  g_set_error (error, MESH_ERROR,
               saved == ENOSPC || saved == EDQUOT ? MESH_ERROR_NO_SPACE : MESH_ERROR_IO,
               "Can not %s the key file “%s”: %s", what, path, g_strerror (saved));
  return FALSE;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  while (len > 0)
    {
      gssize n = write (fd, data, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      len -= (gsize) n;
    }
  return fsync (fd) == 0;
}

static void
sync_folder (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  (void) fsync (fd);
  (void) g_close (fd, NULL);
}

/* Publishes a whole, flushed file under its name; never replaces one that is there. */
static gboolean
write_new (const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *temp = g_strconcat (path, ".XXXXXX", NULL);
  gboolean is_written;
  int saved = 0;
  int fd = g_mkstemp_full (temp, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail_errno ("create", path, error);
  is_written = write_all (fd, bytes);
  saved = errno;
  (void) g_close (fd, NULL);
  if (is_written && link (temp, path) != 0)
    {
      is_written = FALSE;
      saved = errno;
    }
  (void) g_unlink (temp);
  errno = saved;
  if (!is_written && saved == EEXIST)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_EXISTS,
                   "There is a key file “%s” already", path);
      return FALSE;
    }
  if (!is_written)
    return fail_errno ("write", path, error);
  sync_folder (path);
  return TRUE;
}

MeshKeypair *
mesh_node_identity_create (const char *path, GError **error)
{
  guint8 seed[MESH_ED25519_SEED_BYTES];
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (sodium_init () < 0)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_IO,
                           "The system gives no random numbers");
      return NULL;
    }
  randombytes_buf (seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  sodium_memzero (seed, sizeof seed);
  bytes = mesh_keypair_to_bytes (keypair);
  if (!write_new (path, bytes, error))
    return NULL;
  return g_steal_pointer (&keypair);
}

static gboolean
check_access (int fd, const char *path, GError **error)
{
  struct stat st;

  if (fstat (fd, &st) != 0)
    return fail_errno ("look at", path, error);
  if (!S_ISREG (st.st_mode) || st.st_size > MESH_NODE_IDENTITY_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_CORRUPT,
                   "“%s” is not a key file. Move it away to get a new identity", path);
      return FALSE;
    }
  if (st.st_uid != geteuid () || (st.st_mode & 077) != 0)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_AUTH,
                   "Others may read the secret key “%s”. Make it yours alone with "
                   "chmod 600, or move it away to get a new identity",
                   path);
      return FALSE;
    }
  return TRUE;
}

static MeshKeypair *
read_key (int fd, const char *path, GError **error)
{
  guint8 data[MESH_NODE_IDENTITY_MAX_BYTES];
  gsize len = 0;
  gssize n = 0;
  MeshKeypair *keypair;

  do
    {
      n = read (fd, data + len, sizeof data - len);
      if (n > 0)
        len += (gsize) n;
    }
  while ((n > 0 && len < sizeof data) || (n < 0 && errno == EINTR));
  if (n < 0)
    {
      fail_errno ("read", path, error);
      return NULL;
    }
  keypair = mesh_keypair_from_bytes (data, len, NULL);
  sodium_memzero (data, sizeof data);
  if (keypair == NULL)
    g_set_error (error, MESH_ERROR, MESH_ERROR_CORRUPT,
                 "The key file “%s” is damaged. Restore it, or move it away to get a new "
                 "identity",
                 path);
  return keypair;
}

MeshKeypair *
mesh_node_identity_load (const char *path, GError **error)
{
  g_autoptr (MeshKeypair) keypair = NULL;
  g_autoptr (GError) local = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

  if (fd < 0 && errno == ENOENT)
    {
      keypair = mesh_node_identity_create (path, &local);
      if (keypair != NULL)
        return g_steal_pointer (&keypair);
      if (!g_error_matches (local, MESH_ERROR, MESH_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
  if (fd < 0)
    {
      fail_errno ("open", path, error);
      return NULL;
    }
  if (check_access (fd, path, error))
    keypair = read_key (fd, path, error);
  (void) g_close (fd, NULL);
  return g_steal_pointer (&keypair);
}

static gpointer
load_job (gpointer input, GCancellable *cancellable, GError **error)
{
  return mesh_node_identity_load (input, error);
}

static void
unref_keypair (gpointer keypair)
{
  mesh_keypair_unref (keypair);
}

static void
load_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;
  MeshKeypair *keypair
      = mesh_work_pool_run_finish (MESH_WORK_POOL (object), result, &error);

  if (keypair == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, keypair, unref_keypair);
}

void
mesh_node_identity_load_async (const char *path,
                               MeshWorkPool *pool,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (pool, cancellable, callback, user_data);

  g_task_set_source_tag (task, mesh_node_identity_load_async);
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_HIGH, load_job, g_strdup (path),
                            g_free, unref_keypair, cancellable, load_cb,
                            g_steal_pointer (&task));
}

MeshKeypair *
mesh_node_identity_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
