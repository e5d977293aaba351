using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Feeds.Testing.Smtp;

/// <summary>One connection of a <see cref="ScriptedSmtpServer"/> (RFC 5321).</summary>
internal sealed class SmtpSession(ScriptedSmtpServer server, Socket socket, int number, TimeProvider clock) : IAsyncDisposable
{
    private const int MaximumLine = 64 * 1024;
    private readonly SmtpScript script = server.Script;
    private Stream stream = new NetworkStream(socket, ownsSocket: true);
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;
    private bool secure;
    private bool loggedIn;
    private string? sender;
    private string? recipient;
    private SmtpFault? fault;
    private int messages;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (script.ImplicitTls && !await SecureAsync(cancellationToken))
        {
            return;
        }

        await WriteAsync(script.Banner, cancellationToken);
        if (!script.Banner.StartsWith('2'))
        {
            return;
        }

        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            var command = Encoding.UTF8.GetString(line);
            var verb = command.Split(' ', 2)[0].ToUpperInvariant();
            server.Commands.Enqueue(string.Equals(verb, "AUTH", StringComparison.Ordinal) ? "AUTH" : command);
            if (!await AnswerAsync(verb, command, cancellationToken))
            {
                return;
            }
        }
    }

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> AnswerAsync(string verb, string command, CancellationToken cancellationToken)
    {
        switch (verb)
        {
            case "EHLO" or "HELO":
                return await GoOnAsync(script.Ehlo ?? Greeting(), cancellationToken);
            case "STARTTLS" when script.StartTlsRefusal is { } refusal:
                return await GoOnAsync(refusal, cancellationToken);
            case "STARTTLS" when script.StartTls && !secure:
                await WriteAsync("220 2.0.0 ready" + script.Injected, cancellationToken);
                return await SecureAsync(cancellationToken);
            case "AUTH" when script.Auth is { } answer:
                return await GoOnAsync(answer, cancellationToken);
            case "AUTH" when script.Login is not null:
                return await GoOnAsync(await LogInAsync(command, cancellationToken), cancellationToken);
            case "MAIL":
                return await MailAsync(command, cancellationToken);
            case "RCPT":
                return await RcptAsync(command, cancellationToken);
            case "DATA":
                return await DataAsync(cancellationToken);
            case "RSET":
                (sender, recipient) = script.Rset is null ? (null, null) : (sender, recipient);
                return await GoOnAsync(script.Rset ?? "250 2.0.0 reset", cancellationToken);
            case "NOOP":
                return await GoOnAsync("250 2.0.0 ok", cancellationToken);
            case "QUIT":
                await WriteAsync("221 2.0.0 bye", cancellationToken);
                return false;
            default:
                return await GoOnAsync("502 5.5.1 unknown", cancellationToken);
        }
    }

    private string Greeting()
    {
        List<string> lines = ["test.invalid", .. script.Extensions];
        if (script.StartTls && !secure)
        {
            lines.Add("STARTTLS");
        }

        if (script.Login is not null && (secure || !script.StartTls || script.LoginInClear))
        {
            lines.Add("AUTH PLAIN LOGIN");
        }

        return string.Join("\r\n", lines.Select((line, i) => $"250{(i == lines.Count - 1 ? ' ' : '-')}{line}"));
    }

    private async Task<bool> MailAsync(string command, CancellationToken cancellationToken)
    {
        if (script.MessagesPerConnection is { } most && messages >= most)
        {
            return await GoOnAsync("421 4.7.0 enough over one connection", cancellationToken);
        }

        var address = Address(command);
        var answer = script.Login is not null && !loggedIn ? "530 5.7.0 log in first"
            : sender is not null ? "503 5.5.1 nested MAIL"
            : script.Mail(address);
        sender = IsYes(answer) ? address : sender;
        return await GoOnAsync(answer ?? "250 2.1.0 ok", cancellationToken);
    }

    private async Task<bool> RcptAsync(string command, CancellationToken cancellationToken)
    {
        var address = Address(command);
        fault = script.Fault(address);
        if (fault == SmtpFault.DropAtRcpt)
        {
            return Abort();
        }

        var answer = sender is null ? "503 5.5.1 MAIL first" : recipient is not null ? "452 4.5.3 one recipient a message" : script.Rcpt(address);
        recipient = IsYes(answer) ? address : recipient;
        return await GoOnAsync(answer ?? "250 2.1.5 ok", cancellationToken);
    }

    private async Task<bool> DataAsync(CancellationToken cancellationToken)
    {
        if (sender is not { } from || recipient is not { } to)
        {
            return await GoOnAsync("503 5.5.1 RCPT first", cancellationToken);
        }

        var answer = script.Data(to) ?? "354 go ahead";
        if (!answer.StartsWith('3'))
        {
            return await GoOnAsync(answer, cancellationToken);
        }

        await WriteAsync(answer, cancellationToken);
        using var body = new MemoryStream();
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line is [(byte)'.'])
            {
                (sender, recipient) = (null, null);
                messages++;
                return await EndDataAsync(new AcceptedMessage(from, to, body.ToArray(), number), cancellationToken);
            }

            body.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
            body.Write("\r\n"u8);
            if (fault == SmtpFault.DropInData && body.Length > 1000)
            {
                return Abort();
            }
        }

        return false;
    }

    private async Task<bool> EndDataAsync(AcceptedMessage message, CancellationToken cancellationToken)
    {
        server.Read.Enqueue(message);
        if (fault == SmtpFault.DropAfterDotForgetting)
        {
            return Abort();
        }

        if (script.Dot(message.To) is { } refusal)
        {
            return await GoOnAsync(refusal, cancellationToken);
        }

        if (script.Delay > TimeSpan.Zero)
        {
            await Task.Delay(script.Delay, clock, cancellationToken);
        }

        server.Ledger.Add(message);
        await script.BeforeAnswer(message.To).WaitAsync(cancellationToken);
        if (fault == SmtpFault.DropAfterDotKeeping)
        {
            return Abort();
        }

        return await GoOnAsync(script.Taken(message.To) ?? $"250 2.0.0 taken as {number}.{messages}", cancellationToken);
    }

    private async Task<string> LogInAsync(string command, CancellationToken cancellationToken)
    {
        var words = command.Split(' ');
        string username, password;
        if (string.Equals(words[1], "PLAIN", StringComparison.OrdinalIgnoreCase))
        {
            var parts = Decode(words.Length > 2 ? words[2] : await AskAsync("334 ", cancellationToken)).Split('\0');
            (username, password) = (parts[1], parts[2]);
        }
        else
        {
            username = Decode(words.Length > 2 ? words[2] : await AskAsync("334 VXNlcm5hbWU6", cancellationToken));
            password = Decode(await AskAsync("334 UGFzc3dvcmQ6", cancellationToken));
        }

        server.Logins.Enqueue(username);
        loggedIn = script.Login is { } login && string.Equals(login.Username, username, StringComparison.Ordinal) && string.Equals(login.Password, password, StringComparison.Ordinal);
        return loggedIn ? "235 2.7.0 welcome" : $"535 5.7.8 {username} is not welcome";
    }

    private async Task<string> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        await WriteAsync(prompt, cancellationToken);
        return Encoding.ASCII.GetString(await ReadLineAsync(cancellationToken) ?? []);
    }

    /// <returns>False after 421, which ends the connection.</returns>
    private async Task<bool> GoOnAsync(string answer, CancellationToken cancellationToken)
    {
        await WriteAsync(answer, cancellationToken);
        return !answer.StartsWith("421", StringComparison.Ordinal);
    }

    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> SecureAsync(CancellationToken cancellationToken)
    {
        if (script.HandshakeBegun is { } begun)
        {
            // The client's first words have come, so it waits for the answer.
            _ = await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, cancellationToken);
            await stream.WriteAsync(begun, cancellationToken);
            return false;
        }

        // What was sent in clear behind STARTTLS is not for the secured session.
        (start, end) = (0, 0);
        var ssl = new SslStream(stream);
        stream = ssl;
        await ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = server.Certificate }, cancellationToken);
        secure = true;
        return true;
    }

    private async Task<byte[]?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8);
            if (found >= 0)
            {
                var line = buffer.AsSpan(start, found).ToArray();
                start += found + 2;
                return line;
            }

            if (end - start > MaximumLine)
            {
                return null;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            end += read;
        }
    }

    private Task WriteAsync(string answer, CancellationToken cancellationToken) => script.WriteAsync(stream, Encoding.UTF8.GetBytes(answer + "\r\n"), cancellationToken);

    private static bool IsYes(string? answer) => answer is null or ['2', ..];

    // RST instead of FIN: the other side learns at once.
    private bool Abort()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
        return false;
    }

    private static string Address(string command)
    {
        var from = command.IndexOf('<', StringComparison.Ordinal) + 1;
        return command[from..command.IndexOf('>', from)];
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
