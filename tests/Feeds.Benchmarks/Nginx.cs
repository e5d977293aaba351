using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>Debian's nginx as it serves static files best: sendfile, open files kept, compressed files beside the plain ones.</summary>
internal static class Nginx
{
    private const string BrotliModule = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

    /// <summary>Whether it can send files that were compressed by Brotli.</summary>
    public static bool HasBrotli => File.Exists(BrotliModule);

    public static async Task<Server> StartAsync(WorkFolder work, string root, Uri address)
    {
        var configuration = work["nginx.conf"];
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            {{(HasBrotli ? $"load_module {BrotliModule};" : "")}}
            daemon off;
            worker_processes auto;
            pid {{work["nginx.pid"]}};
            error_log {{work["nginx.log"]}};
            events { worker_connections 1024; }
            http {
                types { application/rss+xml rss; application/atom+xml atom; }
                charset utf-8;
                charset_types application/rss+xml application/atom+xml;
                access_log off;
                sendfile on;
                tcp_nopush on;
                keepalive_requests 1000000;
                open_file_cache max=1000;
                gzip_static on;
                {{(HasBrotli ? "brotli_static on;" : "")}}
                gzip_vary on;
                server_tokens off;
                client_body_temp_path {{work["nginx-body"]}};
                proxy_temp_path {{work["nginx-proxy"]}};
                fastcgi_temp_path {{work["nginx-fastcgi"]}};
                uwsgi_temp_path {{work["nginx-uwsgi"]}};
                scgi_temp_path {{work["nginx-scgi"]}};
                server {
                    listen {{address.Host}}:{{address.Port}};
                    root {{root}};
                    add_header Cache-Control "public, max-age=300";
                    add_header Access-Control-Allow-Origin "*";
                    add_header Access-Control-Expose-Headers "ETag, Link";
                    add_header X-Content-Type-Options "nosniff";
                }
            }
            """));
        return await Server.StartAsync(work.Path, address, "/usr/sbin/nginx", "-e", work["nginx.log"], "-c", configuration);
    }
}
